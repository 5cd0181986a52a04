/** Detects the kind of a picture from its first bytes, since file names and headers are often wrong. */

export type PictureKind = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'svg';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** How many bytes are searched for `<svg`, which may follow a declaration, comments and a doctype. */
const SVG_HEAD = 4_096;

/** Null for what no mail program shows as a picture: web pages, HEIC, BMP, TIFF, truncated files. */
export function kindOf(bytes: Buffer): PictureKind | null {
  const ascii = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (bytes.subarray(0, 8).equals(PNG)) return 'png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (/^GIF8[79]a$/.test(ascii(0, 6))) return 'gif';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp';
  if (ascii(4, 8) === 'ftyp' && /avi[fs]/.test(ascii(8, 32))) return 'avif';
  return beginsAsSvg(bytes.toString('utf8', 0, SVG_HEAD)) ? 'svg' : null;
}

/** What may precede `<svg`, and how each of these ends. */
const BEFORE_SVG = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<!doctype svg', '>'],
] as const;

/**
 * One piece per step, since a regular expression with alternatives in a loop takes exponential time on many comments.
 */
function beginsAsSvg(text: string): boolean {
  const head = text.toLowerCase();
  let at = skipBlanks(head, head.startsWith('\uFEFF') ? 1 : 0);
  for (;;) {
    const piece = BEFORE_SVG.find(([opening]) => head.startsWith(opening, at));
    if (!piece) return /^<svg[\s>/]/.test(head.slice(at, at + 5));
    const end = head.indexOf(piece[1], at + piece[0].length);
    if (end < 0) return false;
    at = skipBlanks(head, end + piece[1].length);
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}
