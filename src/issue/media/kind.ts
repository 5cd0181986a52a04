/** What a picture is, told from its first bytes: names and headers of pictures lie too often to be asked. */

export type PictureKind = 'png' | 'jpeg' | 'gif' | 'webp' | 'avif' | 'svg';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
/** An SVG may begin with a declaration, comments and a doctype. */
const SVG_HEAD = 4_096;
const SVG = /^\uFEFF?\s*(?:<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*|<!doctype svg[^>]*>\s*)*<svg[\s>]/i;

/** Null for what no mail program shows as a picture: pages, HEIC, BMP, TIFF, anything cut off at the start. */
export function kindOf(bytes: Buffer): PictureKind | null {
  const ascii = (from: number, to: number): string => bytes.toString('latin1', from, to);
  if (bytes.subarray(0, 8).equals(PNG)) return 'png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (/^GIF8[79]a$/.test(ascii(0, 6))) return 'gif';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'webp';
  if (ascii(4, 8) === 'ftyp' && /avi[fs]/.test(ascii(8, 32))) return 'avif';
  return SVG.test(bytes.toString('utf8', 0, SVG_HEAD)) ? 'svg' : null;
}
