/** Pictures as templates see them: a whole address, a useful alt text, and a size that fits the mail. */
import type { Image } from '../../issue/document/document.ts';
import { filledLabel } from '../slots/label.ts';
import { usefulAlt } from './alt-text.ts';
import type { ContentSettings, Size } from './content-settings.ts';
import { pictureAddress } from './url.ts';

/** What a template sees of a picture. */
interface Picture {
  src: string;
  /** Whether we serve it ourselves, and so know what it needs in dark mode. */
  mirrored: boolean;
  /** '' for a decorative picture. */
  alt: string;
  width: number | null;
  height: number | null;
  /** Its height when a theme stretches it to the full width of the text. */
  fullHeight: number | null;
}

/** The width in px that Outlook gets for a picture of unknown size; other programs use the picture's own. */
export const FALLBACK_PICTURE_WIDTH = 480;

/** A picture for a template. `fallbackAlt` replaces a useless alt text. Null if the picture cannot be shown. */
export function picture(
  settings: ContentSettings,
  image: Image | undefined,
  fallbackAlt = '',
): Picture | null {
  // Mirrored pictures are keyed by the address as written, which may be relative to the file.
  const own = image && settings.image(image.url);
  const address = image && (own ?? pictureAddress(settings, image.url));
  if (!address) return null;
  const alt = filledLabel(settings.slot, usefulAlt(image.alt)) || fallbackAlt;
  const base = { src: address, mirrored: own !== null, alt };
  return { ...base, ...sizeWithin(settings.width, image, settings.sizeOf?.(image.url) ?? null) };
}

/** The size as written, completed from the file's own, and never wider than the text. */
function sizeWithin(
  widest: number,
  { width: asked, height: askedHeight }: Image,
  own: Size | null,
): Pick<Picture, 'width' | 'height' | 'fullHeight'> {
  const width = asked ?? (askedHeight && own ? (askedHeight * own.width) / own.height : own?.width);
  if (!width) return { width: null, height: askedHeight ?? null, fullHeight: null };
  const height = asked && askedHeight ? askedHeight : own ? (width * own.height) / own.width : askedHeight;
  const scale = Math.min(1, widest / width);
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: height ? Math.max(1, Math.round(height * scale)) : null,
    fullHeight: height ? Math.max(1, Math.round((height * widest) / width)) : null,
  };
}
