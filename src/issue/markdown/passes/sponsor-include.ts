/**
 * Places the sponsor of Jekyll weeklies, who keep it in the front matter (`sponsor: link, heading, body`) and mark its
 * place in the body by `{% include sponsor.html %}`. That paragraph becomes a `:::sponsor{url=…}` block.
 */
import type { Paragraph, Root, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { lineText } from '../tree/text.ts';
import { walk } from '../tree/walk.ts';

const INCLUDE = /^\{%-?\s*include\s+sponsors?\.(?:html|md)\b[^%]*%\}$/;

export interface Sponsor {
  link: string | null;
  /** Markdown. */
  text: string;
}

/** The sponsor named in the front matter. Null if there is none, or none with text. */
export function sponsorOf(extra: Readonly<Record<string, unknown>>): Sponsor | null {
  const said = extra.sponsor;
  if (typeof said !== 'object' || said === null) return null;
  const { link, heading, body } = said as Record<string, unknown>;
  const title = words(heading);
  const text = [title && `**${title}**`, words(body)].filter(Boolean).join('\n\n');
  return text === '' ? null : { link: words(link) || null, text };
}

const words = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** `read` parses the sponsor's Markdown. */
export function placeSponsor(tree: Root, { link, text }: Sponsor, read: (text: string) => Root): void {
  tree.children = tree.children.map((node): RootContent => {
    if (node.type !== 'paragraph' || !INCLUDE.test(lineText(node).trim())) return node;
    return directive(node, link, read(text));
  });
}

/** All nodes get the position of the include, so that messages about them name its line. */
function directive({ position }: Paragraph, link: string | null, said: Root): ContainerDirective {
  walk(said, (node) => {
    node.position = position;
  });
  const attributes = link === null ? {} : { url: link };
  const children = said.children as ContainerDirective['children'];
  return {
    type: 'containerDirective',
    name: 'sponsor',
    attributes,
    children,
    position,
    data: { included: true },
  };
}
