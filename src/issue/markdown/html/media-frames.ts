/** Replaces `<iframe>`, `<video>` and `<audio>`, which do not work in mail, by cards with a link. */
import type { RootContent } from 'mdast';
import { attributeIn } from '../../content/html-attribute.ts';
import { linkUrl } from '../../targets/urls.ts';
import type { VideoCard } from '../tree/tree.ts';

const FRAME = /<(iframe|video|audio|embed)\b((?:"[^"]*"|'[^']*'|[^'">])*)>([\s\S]*?)(?:<\/\1\s*>|$)/gi;

export function videoCards(html: string, position: RootContent['position']): VideoCard[] {
  return [...html.matchAll(FRAME)].flatMap(([, , attributes = '', inner = '']): VideoCard[] => {
    const source =
      attributeIn(attributes, 'src') ?? attributeIn(/<source\b([^>]*)>/i.exec(inner)?.[1] ?? '', 'src');
    const url = linkUrl(source?.replace(/^\/\//, 'https://') ?? '');
    if (url === '') return [];
    const cover = attributeIn(attributes, 'poster');
    return [{ type: 'videoCard', title: attributeIn(attributes, 'title') ?? '', url, cover, position }];
  });
}
