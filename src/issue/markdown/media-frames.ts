/** `<iframe>`, `<video>` and `<audio>` do not work in mail: each becomes a card with a link. */
import type { RootContent } from 'mdast';
import { linkUrl } from '../content/urls.ts';
import type { VideoCard } from './tree.ts';

const FRAME = /<(iframe|video|audio|embed)\b((?:"[^"]*"|'[^']*'|[^'">])*)>([\s\S]*?)(?:<\/\1\s*>|$)/gi;

export function videoCards(html: string, position: RootContent['position']): VideoCard[] {
  return [...html.matchAll(FRAME)].flatMap(([, , attributes = '', inner = '']): VideoCard[] => {
    const source =
      attribute(attributes, 'src') ?? attribute(/<source\b([^>]*)>/i.exec(inner)?.[1] ?? '', 'src');
    const url = linkUrl(source?.replace(/^\/\//, 'https://') ?? '');
    if (url === '') return [];
    const cover = attribute(attributes, 'poster');
    return [{ type: 'videoCard', title: attribute(attributes, 'title') ?? '', url, cover, position }];
  });
}

function attribute(attributes: string, name: string): string | null {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(
    attributes,
  );
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? null : value.replaceAll('&amp;', '&').trim();
}
