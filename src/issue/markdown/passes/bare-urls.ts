/** Links URLs written without markup. A link ends where URL characters end: `https://x.org/a，然后` links the URL only. */
import type { Link, Nodes, Parents, PhrasingContent, Text } from 'mdast';

/** `](` ends a URL, since a malformed link goes on there. A URL may hold a slot, with its spaces. */
const URL_RUN =
  /(?<![A-Za-z0-9])https?:\/\/(?:[A-Za-z0-9[]|\{\{[^{}\n]{1,200}\}\})(?:[\w\-.~:/?#[@!$&'()*+,;=%]|\](?!\()|\{\{[^{}\n]{1,200}\}\})*/g;

export function linkBareUrls(parent: Parents): void {
  const hasUrl = parent.children.some((node) => node.type === 'text' && node.value.includes('://'));
  if (hasUrl)
    parent.children = (parent.children as PhrasingContent[]).flatMap((node) =>
      node.type === 'text' ? split(node) : [node],
    ) as never;
  for (const node of parent.children) {
    if ('children' in node && node.type !== 'link' && node.type !== 'linkReference') linkBareUrls(node);
  }
}

export function isBareLink(node: Nodes): boolean {
  return node.type === 'link' && node.data?.bare === true;
}

function split(node: Text): PhrasingContent[] {
  const parts: PhrasingContent[] = [];
  let from = 0;
  for (const match of node.value.matchAll(URL_RUN)) {
    const url = withoutTail(match[0]);
    if (match.index > from) parts.push({ ...node, value: node.value.slice(from, match.index) });
    parts.push(linkTo(url, node));
    from = match.index + url.length;
  }
  if (from === 0) return [node];
  if (from < node.value.length) parts.push({ ...node, value: node.value.slice(from) });
  return parts;
}

/** Without the punctuation of the sentence: `(see https://x.org/a).` */
function withoutTail(run: string): string {
  let url = run.replace(/[.,;:!?'*_~]+$/, '');
  while (/[)\]]$/.test(url) && count(url, /[)\]]/g) > count(url, /[([]/g)) {
    url = url.slice(0, -1).replace(/[.,;:!?'*_~]+$/, '');
  }
  return url;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function linkTo(url: string, node: Text): Link {
  const { position } = node;
  return {
    type: 'link',
    url,
    children: [{ type: 'text', value: url, position }],
    position,
    data: { bare: true },
  };
}
