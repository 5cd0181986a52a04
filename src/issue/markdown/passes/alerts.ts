/** Reads alerts (`> [!NOTE]` of GitHub, `> [!tip]- Title` of Obsidian) as boxes. */
import type { Blockquote, ListItem, Nodes, Paragraph, PhrasingContent, Root, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { toneNamed } from '../../document/tones.ts';
import { lineText } from '../tree/text.ts';
import { walk } from '../tree/walk.ts';

const MARK = /^\[!(\p{L}[\p{L}\p{N}_-]*)(?:\|[^\]]*)?\][+-]?[ \t]*/u;
/** Kinds whose names the theme translates. */
const OURS = new Set(['note', 'tip', 'important', 'warning', 'caution']);

export function readAlerts(tree: Root, source: string): void {
  tree.children = tree.children.map((node) => asBox(node, source) ?? node);
  walk(tree, (node) => {
    if (holdsNoBoxes(node)) node.children = node.children.map(asQuote) as never;
    if (node.type === 'blockquote') titleInBold(node, source);
    else if (node.type === 'containerDirective' && toneNamed(node.name) === null)
      node.children = node.children.map((child) => asBox(child, source) ?? child) as never;
  });
}

interface Alert {
  name: string;
  title: string;
  /** The content below the line of the mark. */
  rest: PhrasingContent[];
}

function asBox(node: RootContent, source: string): ContainerDirective | null {
  const alert = node.type === 'blockquote' ? alertOf(node, source) : null;
  if (node.type !== 'blockquote' || !alert) return null;
  const label: Paragraph = { type: 'paragraph', children: [{ type: 'text', value: alert.title }] };
  label.data = { directiveLabel: true } as Paragraph['data'];
  const children = [...(alert.title ? [label] : []), ...contentOf(node, alert)];
  return {
    type: 'containerDirective',
    name: toneNamed(alert.name) ?? 'note',
    children,
    position: node.position,
  };
}

/** Within lists, quotes and boxes, an alert stays a quote, with its title in bold. */
function titleInBold(node: Blockquote, source: string): void {
  const alert = alertOf(node, source);
  if (!alert) return;
  const title = alert.title || alert.name[0]?.toUpperCase() + alert.name.slice(1).toLowerCase();
  const strong: PhrasingContent = { type: 'strong', children: [{ type: 'text', value: title }] };
  node.children = [
    { type: 'paragraph', children: [strong], position: node.position },
    ...contentOf(node, alert),
  ];
}

const holdsNoBoxes = (node: Nodes): node is Blockquote | ListItem | ContainerDirective =>
  node.type === 'blockquote' ||
  node.type === 'listItem' ||
  (node.type === 'containerDirective' && toneNamed(node.name) !== null);

/** A `:::tip` within a list, quote or box becomes a quote too. */
function asQuote(node: RootContent): RootContent {
  if (node.type !== 'containerDirective' || toneNamed(node.name) === null) return node;
  const [first, ...others] = node.children;
  const isLabel = first?.type === 'paragraph' && first.data?.directiveLabel;
  const title: PhrasingContent[] = isLabel ? first.children : [{ type: 'text', value: nameOf(node.name) }];
  const label: Paragraph = { type: 'paragraph', children: [{ type: 'strong', children: title }] };
  const { position } = node;
  const children = [label, ...(isLabel ? others : node.children)] as Blockquote['children'];
  return { type: 'blockquote', children, ...(position && { position }) };
}

function contentOf(node: Blockquote, { rest }: Alert): Blockquote['children'] {
  const [first, ...others] = node.children;
  return rest.length === 0 ? others : [{ ...(first as Paragraph), children: rest }, ...others];
}

function alertOf({ children: [first] }: Blockquote, source: string): Alert | null {
  const opening = first?.type === 'paragraph' ? first.children[0] : undefined;
  const match = opening?.type === 'text' ? MARK.exec(opening.value) : null;
  if (first?.type !== 'paragraph' || !match || source[opening?.position?.start.offset ?? -1] === '\\')
    return null;
  const [line, rest] = atLineEnd(first.children);
  const name = match[1] ?? '';
  const said = lineText(line).replace(MARK, '').trim();
  return { name, title: said || (OURS.has(name.toLowerCase()) ? '' : nameOf(name)), rest };
}

/** Obsidian and MkDocs show the name of any other kind as its title. */
const nameOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();

function atLineEnd(children: PhrasingContent[]): [PhrasingContent[], PhrasingContent[]] {
  const at = children.findIndex(
    (node) => node.type === 'break' || (node.type === 'text' && node.value.includes('\n')),
  );
  const node = children[at];
  if (!node) return [children, []];
  if (node.type !== 'text') return [children.slice(0, at), children.slice(at + 1)];
  const [head = '', ...tail] = node.value.split('\n');
  const below: PhrasingContent = { ...node, value: tail.join('\n') };
  return [
    [...children.slice(0, at), { ...node, value: head }],
    [below, ...children.slice(at + 1)],
  ];
}
