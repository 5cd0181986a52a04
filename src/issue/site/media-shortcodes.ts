/** Hugo's built-in shortcodes for pictures and videos as HTML. */

const VIDEOS: Readonly<Record<string, string>> = {
  youtube: 'https://www.youtube.com/watch?v=',
  vimeo: 'https://vimeo.com/',
  bilibili: 'https://www.bilibili.com/video/',
};
const ARGUMENT = /([\w-]+)\s*=\s*(?:"([^"]*)"|`([^`]*)`|'([^']*)'|([^\s"'`]+))/g;

/** Null for another shortcode, and for a figure without a picture. */
export function figure(name: string, args: string): string | null {
  if (name !== 'figure' && name !== 'img') return null;
  const values = named(args);
  const src = values.get('src') ?? /^["']?([^\s"'=]+)["']?$/.exec(args)?.[1];
  if (!src) return null;
  const caption = values.get('caption') ?? values.get('title') ?? '';
  const image = `<img src="${quoted(src)}" alt="${quoted(values.get('alt') ?? caption)}">`;
  if (caption === '') return image;
  return `<figure>${image}<figcaption>${quoted(caption)}</figcaption></figure>`;
}

export function video(name: string, args: string): string | null {
  const place = VIDEOS[name];
  const values = named(args);
  const id = values.get('id') ?? /^["']?([\w-]+)["']?/.exec(args)?.[1];
  if (place === undefined || !id || !/^[\w-]+$/.test(id)) return null;
  return `<iframe src="${place}${id}" title="${quoted(values.get('title') ?? '')}"></iframe>`;
}

function named(args: string): Map<string, string> {
  return new Map(
    [...args.matchAll(ARGUMENT)].map(([, key = '', ...values]) => [
      key.toLowerCase(),
      values.find((value) => value !== undefined) ?? '',
    ]),
  );
}

const quoted = (text: string): string =>
  text.replace(/\s+/g, ' ').replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
