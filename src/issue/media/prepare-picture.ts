/**
 * Converts an editor's picture into one that every mail program shows, no wider than a high-resolution screen needs.
 */
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { Refused } from '../../errors.ts';
import { needsBackground } from './background.ts';
import { scriptsWithoutFont } from './fonts.ts';
import { kindOf, type PictureKind } from './picture-kind.ts';
import { renderSvg } from './render-svg.ts';

export interface PreparedPicture {
  type: 'image/png' | 'image/jpeg' | 'image/gif';
  bytes: Buffer;
  /** In px of the file. A wide picture has two for one px of the mail. */
  width: number;
  height: number;
}

/** Before scaling: a photo straight from a camera has up to this. */
export const MAX_PICTURE_BYTES = 20 * 1024 * 1024;
/** The limit for a stored picture. A larger one would make readers on a phone wait, and pay. */
const MAX_STORED_BYTES = 5 * 1024 * 1024;
/** A small file can decompress to any size. */
const MAX_PIXELS = 50_000_000;
const TIMEOUT = { seconds: 10 } as const;
const JPEG = { quality: 85, mozjpeg: true, chromaSubsampling: '4:4:4' } as const;

/**
 * Keeps a picture that mail programs show as it is (always animated GIFs and PNGs). Otherwise scales it to `maxWidth` px,
 * turns WebP, AVIF and SVG into PNG (with transparency) or JPEG, and removes the metadata of cameras, such as locations.
 * Dark drawings on a transparent background get a white one.
 * Throws Refused('bad-picture') with words that complete "the picture ...".
 */
export async function preparePicture(bytes: Buffer, maxWidth: number): Promise<PreparedPicture> {
  const kind = kindOf(bytes);
  if (kind === null) throw new Refused('bad-picture', 'is not a PNG, JPEG, GIF, WebP, AVIF or SVG');
  const shaped = await reshape(bytes, kind, maxWidth).catch((cause: Error) => {
    throw new Refused('bad-picture', `cannot be read as ${kind.toUpperCase()} (${firstLine(cause)})`, {
      cause,
    });
  });
  if (shaped.bytes.length > MAX_STORED_BYTES)
    throw new Refused(
      'bad-picture',
      `has ${shaped.bytes.length} bytes, at most ${MAX_STORED_BYTES} are kept; make it smaller`,
    );
  return shaped;
}

const firstLine = (error: Error): string => error.message.split('\n')[0]!.trim();

async function reshape(bytes: Buffer, kind: PictureKind, maxWidth: number): Promise<PreparedPicture> {
  if (kind === 'svg') return reshape(await rasterize(bytes, maxWidth), 'png', maxWidth);
  // Loaded only when there is a picture, since it brings 18 MB of machine code.
  const { default: sharp } = await import('sharp');
  const open = (options: SharpOptions = {}): Sharp =>
    sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error', ...options });
  const about = await open().metadata();
  const bare =
    about.hasAlpha === true &&
    !movesOn(kind, bytes, about) &&
    (await needsBackground(open().timeout(TIMEOUT)));
  if (!bare && keeps(kind, bytes, about, maxWidth))
    return { type: `image/${kind as 'png'}`, bytes, width: about.width, height: about.height };
  const moves = kind === 'webp' && (about.pages ?? 1) > 1;
  const input = moves ? open({ animated: true }) : open();
  const scaled = input.autoOrient().resize({ width: maxWidth, withoutEnlargement: true }).timeout(TIMEOUT);
  return written(
    bare ? scaled.flatten({ background: '#ffffff' }) : scaled,
    moves ? 'gif' : targetOf(kind, about),
  );
}

/** GIFs always stay, since encoding them again makes them larger. */
function keeps(kind: PictureKind, bytes: Buffer, about: Metadata, maxWidth: number): boolean {
  if (kind === 'gif' || (kind === 'png' && isMovingPng(bytes))) return true;
  if (kind !== 'png' && kind !== 'jpeg') return false;
  // The orientation is in the EXIF block, so a picture without one is upright.
  return about.width <= maxWidth && about.exif === undefined && about.space !== 'cmyk';
}

const movesOn = (kind: PictureKind, bytes: Buffer, { pages = 1 }: Metadata): boolean =>
  kind === 'gif' || pages > 1 || (kind === 'png' && isMovingPng(bytes));

/** An animated PNG has its control chunk before the first picture data. */
function isMovingPng(bytes: Buffer): boolean {
  const control = bytes.indexOf('acTL', 8, 'latin1');
  return control > 0 && control < bytes.indexOf('IDAT', 8, 'latin1');
}

async function rasterize(svg: Buffer, maxWidth: number): Promise<Buffer> {
  const missing = await scriptsWithoutFont(svg.toString('utf8'));
  if (missing.length > 0)
    throw new Error(
      `no font here can draw its ${missing.join(' and ')} words: install one, or save it as PNG`,
    );
  return renderSvg(svg, maxWidth, MAX_PIXELS);
}

const targetOf = (kind: PictureKind, { hasAlpha }: Metadata): 'png' | 'jpeg' =>
  kind === 'png' || (kind !== 'jpeg' && hasAlpha) ? 'png' : 'jpeg';

async function written(image: Sharp, target: 'png' | 'jpeg' | 'gif'): Promise<PreparedPicture> {
  const encoded = target === 'png' ? image.png() : target === 'gif' ? image.gif() : image.jpeg(JPEG);
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  return { type: `image/${target}`, bytes: data, width: info.width, height: info.pageHeight ?? info.height };
}
