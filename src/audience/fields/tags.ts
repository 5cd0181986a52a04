/** Tags: short labels that editors give to readers. Upper and lower case are the same, so they are kept in lower case. */
import { Refused } from '../../errors.ts';

const MAX_TAG_CHARS = 100;
export const MAX_TAGS = 100;
/** Commas and the like separate tags in files; the others would be invisible, or reorder the text around them. */
const UNFIT = /[,;|"\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

export const foldTag = (text: string): string =>
  text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();

/** Throws Refused('bad-tag'). */
export function readTag(text: string): string {
  const tag = foldTag(text);
  if (tag !== '' && tag.length <= MAX_TAG_CHARS && !UNFIT.test(tag)) return tag;
  throw new Refused(
    'bad-tag',
    `expected a tag of 1 to ${MAX_TAG_CHARS} characters without commas, semicolons, "|" and quotes, found "${text.slice(0, 80)}"`,
  );
}

/** Tags of a cell: `vip, news`, `"VIP","News"`, `vip|news`, `["vip","news"]`. Each once; throws Refused('bad-tag'). */
export function readTags(cell: string): string[] {
  if (cell.trim() === '') return [];
  const parts = (listOf(cell) ?? cell.replaceAll('"', '').split(/[,;|]/)).map(foldTag).filter(Boolean);
  const tags = [...new Set(parts.map(readTag))];
  if (tags.length <= MAX_TAGS) return tags;
  throw new Refused('bad-tag', `expected at most ${MAX_TAGS} tags, found ${tags.length}`);
}

function listOf(cell: string): string[] | null {
  if (!cell.trim().startsWith('[')) return null;
  try {
    const list: unknown = JSON.parse(cell);
    return Array.isArray(list) ? list.map(String) : null;
  } catch {
    return null;
  }
}
