import type { Document } from './document/document.ts';

/**
 * The output of `issue inspect --json`: what Postrider understood of an issue. `timezone` is the newsletter's, which
 * decides the date; null if no newsletter is named, and the date is as written.
 */
export function inspectJson(document: Document, timezone: string | null = null) {
  const { title, date, datetime, language, summary, cover, slug, publication } = document;
  const { outline, blocks, messages } = document;
  const zone = timezone === null ? {} : { timezone };
  const published = publication ? { publication } : {};
  return {
    ...{ title, date, datetime, ...zone, ...published, language, summary, cover, slug },
    ...{ outline, blocks, messages },
  };
}
