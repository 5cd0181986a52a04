/** Finds an issue's cover picture under the many keys that site generators and their themes use. */
import type { Field, Fields } from './fields.ts';
import { normalKey } from './fields.ts';

interface Cover {
  url: string;
  alt: string | null;
}

/** In this order. The first that is set decides, even if it says that there is no cover. */
const KEYS =
  'cover image coverImage featuredImage featureImage featured hero heroImage images photos header thumbnail thumb banner bannerImg indexImg topImg teaser ogImage socialImage'.split(
    ' ',
  );
/** Keys of the address within a table. Minimal Mistakes has a `teaser` for lists beside its wide `image`. */
const ADDRESSES = 'image src url path file href teaser overlayImage feature ogImage'.split(' ');
const WORDS = 'alt imageAlt caption title'.split(' ');

const PICTURE_FILE = /\.(?:png|jpe?g|gif|webp|avif|svg|bmp|heic|tiff?)(?:[?#]\S*)?$/i;

/** True for `pier.png`, `/img/pier` and `https://...`, false for a word, a colour or a gradient. */
function isPicture(text: string): boolean {
  return PICTURE_FILE.test(text) || (/^(?:https?:\/)?\.{0,2}\/\S+$/i.test(text) && !/^\S*\(/.test(text));
}

/** `cover: false` means no cover. `cover: true` leaves it to the site's theme and is ignored. */
export function coverOf(fields: Fields): Cover | null {
  for (const key of KEYS) {
    const found = read(fields.get(normalKey(key)), key === 'cover' || key === 'image');
    if (found !== undefined) return found && { url: found.url, alt: found.alt ?? altBeside(fields, key) };
  }
  return previewOf(fields);
}

/** `preview` is a picture for some tools, and the preheader for others. */
export const previewOf = (fields: Fields): Cover | null =>
  /\s/.test(fields.get('preview')?.text?.trim() ?? '') ? null : pictureOf(fields.get('preview'));

/** `cover_alt`, `imageAlt`, `cover_caption`. */
function altBeside(fields: Fields, key: string): string | null {
  const found = ['alt', 'caption'].map((word) => fields.get(normalKey(key) + word)?.text?.trim());
  return found.find((text) => text) ?? null;
}

/** Undefined if the field does not decide. */
function read(field: Field | undefined, isPlain: boolean): Cover | null | undefined {
  if (!field) return undefined;
  if (field.value === false || /^(?:false|no|none|off)$/i.test(field.text ?? ''))
    return isPlain ? null : undefined;
  const written = pictureOf(field);
  if (written) return written;
  const value = Array.isArray(field.value) ? field.value[0] : field.value;
  if (typeof value === 'string')
    return isPicture(value.trim()) ? { url: value.trim(), alt: null } : undefined;
  return typeof value === 'object' && value !== null ? inTable(value as Record<string, unknown>) : undefined;
}

function pictureOf(field: Field | undefined): Cover | null {
  const text = field?.text?.trim() ?? '';
  return isPicture(text) ? { url: text, alt: null } : null;
}

/** PaperMod's `hidden: true` means that no post shows it. */
function inTable(table: Record<string, unknown>): Cover | null | undefined {
  const entries = new Map(Object.entries(table).map(([key, value]) => [normalKey(key), value]));
  if (entries.get('hidden') === true || entries.get('hiddeninsingle') === true) return null;
  const text = (key: string) => {
    const value = entries.get(normalKey(key));
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
  };
  const url = ADDRESSES.map(text).find((value) => value !== null && isPicture(value));
  if (!url) return undefined;
  return { url, alt: WORDS.map(text).find((value) => value !== null) ?? null };
}
