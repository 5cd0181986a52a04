/** Names of attributes: what follows `reader.attributes.` in an issue or a theme. */
import { Refused } from '../../errors.ts';

const NAME = /^[\p{L}_][\p{L}\p{N}\p{M}_ .-]{0,63}$/u;
/** Internals of JavaScript objects, which templates refuse to read. */
const INNER = /^(__proto__|constructor|prototype)$|^__(define|lookup)/;

/** Throws Refused('bad-attribute'). */
export function readAttributeName(text: string): string {
  if (isAttributeName(text)) return text;
  throw new Refused(
    'bad-attribute',
    `expected an attribute name of up to 64 letters, digits, spaces, ".", "_" and "-", found "${text.slice(0, 80)}"`,
  );
}

export const isAttributeName = (text: string): boolean =>
  NAME.test(text) && !text.endsWith(' ') && !(text in Object.prototype) && !INNER.test(text);

/**
 * Turns a column's title into a name: unchanged if possible, otherwise with one space for characters that a name cannot
 * contain. `Source (free)` becomes `Source free`, `2nd name` becomes `_2nd name`. Null when nothing usable is left.
 */
export function attributeNameOf(title: string): string | null {
  const unified = title.normalize('NFC');
  if (isAttributeName(unified)) return unified;
  const bare = unified
    .replace(/[^\p{L}\p{N}\p{M}_.-]+/gu, ' ')
    .replace(/^[\s.-]+|[\s.]+$/g, '')
    .slice(0, 64)
    .replace(/[\s.]+$/, '');
  const name = /^[\p{L}_]/u.test(bare) ? bare : `_${bare}`.slice(0, 64);
  return bare !== '' && isAttributeName(name) ? name : null;
}
