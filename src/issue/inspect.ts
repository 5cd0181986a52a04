import type { Document } from './document/document.ts';

/**
 * What `issue inspect --json` prints: what Postrider understood of an issue, for people and machines to check.
 * `timezone`: whose day the date is; null where no newsletter is named, and the day counts as written.
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
