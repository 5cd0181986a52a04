/** Reads directives, which name their block outright: `:::qa`, `:::reading{url=…}`, `:::callout[Title]{tone=tip}`. */
import type { Paragraph, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { contentOf } from '../content/content.ts';
import type { Block, Image } from '../document/document.ts';
import type { MessageCollector } from '../document/message-collector.ts';
import { toneNamed } from '../document/tones.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { imageUrl, linkUrl } from '../targets/urls.ts';
import { imagesIn, linksIn } from './lines.ts';
import { imageOf, plainBlocks } from './plain.ts';
import type { SectionKind } from './section-kinds.ts';
import type { Section } from './sections.ts';

type Readers = Record<SectionKind, (nodes: readonly RootContent[], section: Section) => Block[] | null>;

interface Parts {
  line: number;
  label: string;
  nodes: RootContent[];
  get(name: string): string | undefined;
}

export function directiveBlocks(
  node: ContainerDirective,
  readers: Readers,
  messages: MessageCollector,
): Block[] {
  const parts = partsOf(node);
  const blocks = blocksOf(node.name.toLowerCase(), parts, readers);
  if (blocks !== null) return blocks;
  const what = `:::${node.name}`;
  messages.warning(
    'directive-unknown',
    `${what} is not a block that Postrider knows, or lacks what it needs; its content is kept`,
    {
      line: parts.line,
    },
  );
  return plainBlocks(parts.nodes);
}

function partsOf(node: ContainerDirective): Parts {
  const [first, ...rest] = node.children;
  const hasLabel =
    first?.type === 'paragraph' && (first.data as { directiveLabel?: boolean } | undefined)?.directiveLabel;
  return {
    line: lineOf(node),
    label: hasLabel ? lineText(first) : '',
    nodes: (hasLabel ? rest : node.children) as RootContent[],
    get: (name) => node.attributes?.[name]?.trim() || undefined,
  };
}

function blocksOf(name: string, parts: Parts, readers: Readers): Block[] | null {
  switch (name) {
    case 'callout':
      return [callout(parts, toneNamed(parts.get('tone') ?? 'note') ?? 'note')];
    case 'prose':
      return plainBlocks(parts.nodes);
    case 'button':
      return button(parts);
    case 'video':
      return video(parts);
    case 'sponsor':
      return [{ kind: 'sponsor', line: parts.line, content: contentOf(parts.nodes), ...urlOf(parts) }];
    case 'quote':
      return [{ kind: 'quote', line: parts.line, content: contentOf(parts.nodes) }];
    case 'qr':
      return qr(parts);
    case 'event':
    case 'meeting':
      return [gathering(name, parts, readers)];
    default:
      return name in readers ? read(name as SectionKind, parts, readers) : boxed(name, parts);
  }
}

/** A directive whose name is the tone of a callout: `:::tip`. */
function boxed(name: string, parts: Parts): Block[] | null {
  const tone = toneNamed(name);
  return tone === null ? null : [callout(parts, tone)];
}

function callout({ line, label, nodes, get }: Parts, tone: string): Block {
  const title = label || get('title');
  return { kind: 'callout', line, tone, ...(title ? { title } : {}), content: contentOf(nodes) };
}

function button(parts: Parts): Block[] | null {
  const [link] = linksIn(parts.nodes);
  const url = linkUrl(parts.get('url') ?? link?.url ?? '');
  const label = parts.label || parts.get('label') || lineText(parts.nodes);
  return url === '' || label === '' ? null : [{ kind: 'button', line: parts.line, label, url }];
}

function video(parts: Parts): Block[] | null {
  const [link] = linksIn(parts.nodes);
  const url = linkUrl(parts.get('url') ?? link?.url ?? '');
  if (url === '') return null;
  const title = parts.label || parts.get('title') || lineText(parts.nodes);
  return [{ kind: 'video', line: parts.line, title, url, ...coverOf(parts) }];
}

function qr(parts: Parts): Block[] | null {
  const { cover: image } = coverOf(parts);
  const text = parts.label || lineText(parts.nodes);
  return image ? [{ kind: 'qr', line: parts.line, ...(text ? { text } : {}), image }] : null;
}

function gathering(kind: 'event' | 'meeting', parts: Parts, readers: Readers): Block {
  const [read] = readers[kind](parts.nodes, sectionOf(parts, kind)) ?? [];
  const { topic, time, place, url } = read?.kind === kind ? read : {};
  const facts = {
    topic: parts.get('topic') ?? (parts.label || topic),
    time: parts.get('time') ?? time,
    place: parts.get('place') ?? place,
    url: urlOf(parts).url ?? url,
  };
  const said = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return { kind, line: parts.line, ...said, content: contentOf(parts.nodes) };
}

/** `:::reading{url=… title=…}` is one reading; without a URL its content is read as a list of them. */
function read(kind: SectionKind, parts: Parts, readers: Readers): Block[] | null {
  const { url } = urlOf(parts);
  if (kind !== 'reading' || url === undefined) return readers[kind](parts.nodes, sectionOf(parts, kind));
  const title = parts.label || parts.get('title') || url;
  const note = contentOf(parts.nodes.filter((node) => !(node.type === 'paragraph' && isPictureOnly(node))));
  const reading = { line: parts.line, title, url, ...coverOf(parts), ...(note.length > 0 ? { note } : {}) };
  return [{ kind: 'reading', line: parts.line, readings: [reading] }];
}

function isPictureOnly(node: Paragraph): boolean {
  return imagesIn(node).length > 0 && lineText(node) === '';
}

function urlOf(parts: Parts): { url?: string } {
  const url = linkUrl(parts.get('url') ?? '');
  return url === '' ? {} : { url };
}

function coverOf(parts: Parts): { cover?: Image } {
  const given = imageUrl(parts.get('cover') ?? parts.get('image') ?? '');
  if (given !== '') return { cover: { url: given, alt: parts.get('alt') ?? '' } };
  const [image] = imagesIn(parts.nodes);
  return image ? { cover: imageOf(image) } : {};
}

function sectionOf({ label, nodes }: Parts, kind: SectionKind): Section {
  return { heading: null, title: label, depth: 0, kind, nodes };
}
