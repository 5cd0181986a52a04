/**
 * A token in the alphabet that every mail provider's metadata can carry: letters, digits, `_` and `-` (SES allows no
 * more). The dots are left out; they stand at fixed places, since key id and tag always have the same length.
 */
const KID_CHARS = 4;
const TAG_CHARS = 22;

export const withoutDots = (token: string): string => token.replaceAll('.', '');

/** The token again; one that still has its dots stays as it is. Null for what cannot be a token. */
export function withDots(text: string): string | null {
  if (/^[\w-]{4}\.[\w-]+\.[\w-]{22}$/.test(text)) return text;
  if (!/^[\w-]{27,280}$/.test(text)) return null;
  const tagAt = text.length - TAG_CHARS;
  return `${text.slice(0, KID_CHARS)}.${text.slice(KID_CHARS, tagAt)}.${text.slice(tagAt)}`;
}
