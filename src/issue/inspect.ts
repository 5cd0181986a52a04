import type { Document } from './document.ts';

/** What `issue inspect --json` prints: what Postrider understood of an issue, for people and machines to check. */
export function inspectJson(document: Document) {
  const { title, date, datetime, language, summary, cover, slug, outline, blocks, messages } = document;
  return { title, date, datetime, language, summary, cover, slug, outline, blocks, messages };
}
