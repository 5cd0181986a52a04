/**
 * The tree of an issue -> typed blocks in reading order: from directives, from sections, and plain ones for the rest.
 */
import type { Root, RootContent } from 'mdast';
import type { Block } from '../document/document.ts';
import type { MessageCollector } from '../document/message-collector.ts';
import { bannerBlocks } from './banner.ts';
import { contributorsBlocks } from './contributors.ts';
import { directiveBlocks } from './directives.ts';
import { eventBlocks, meetingBlocks } from './events.ts';
import { footnotesBlock } from './footnotes.ts';
import { plainBlocks, pseudoHeadingBlock } from './plain.ts';
import { qaBlocks } from './qa.ts';
import { pictureOf, splitAtQr } from './qr.ts';
import { readingBlocks } from './reading.ts';
import { releasesBlocks } from './releases.ts';
import type { SectionKind } from './section-kinds.ts';
import { type Section, sectionsOf } from './sections.ts';
import { tasksBlocks } from './tasks.ts';

interface ReadBlocksOptions {
  /** Kinds that may be inferred from plain Markdown; null for all. Directives are always read. */
  infer: readonly string[] | null;
  messages: MessageCollector;
}

type Reader = (nodes: readonly RootContent[], section: Section) => Block[] | null;

const READERS: Record<SectionKind, Reader> = {
  banner: (nodes, { title }) => bannerBlocks(nodes, title || null),
  qa: (nodes) => qaBlocks(nodes),
  reading: (nodes) => readingBlocks(nodes),
  contributors: (nodes) => contributorsBlocks(nodes),
  tasks: (nodes) => tasksBlocks(nodes),
  releases: (nodes, { title }) => releasesBlocks(nodes, title),
  event: (nodes) => eventBlocks(nodes),
  meeting: (nodes) => meetingBlocks(nodes),
};

export function readBlocks(tree: Root, { infer, messages }: ReadBlocksOptions): Block[] {
  const may = (kind: string) => infer === null || infer.includes(kind);
  const sections = infer?.length === 0 ? [whole(tree)] : sectionsOf(tree.children);
  const blocks = sections.flatMap((section, i) => sectionBlocks(section, i, sections.length, may, messages));
  return [...blocks, ...footnotesBlock(tree)];
}

function whole(tree: Root): Section {
  return { heading: null, title: '', depth: 0, kind: null, nodes: tree.children };
}

type MayInfer = (kind: string) => boolean;

function sectionBlocks(
  section: Section,
  index: number,
  count: number,
  may: MayInfer,
  messages: MessageCollector,
): Block[] {
  const isHead = (index === 0 && count > 1) || (index === 1 && section.kind === 'banner');
  const banner = isHead && may('banner') && !section.nodes.some(isDirective) ? bannerOf(section) : null;
  if (banner) return banner;
  const heading = headingOf(section, may);
  return [...heading, ...bodyBlocks(section, index === count - 1, may, messages)];
}

/** Only the newsletter's standing title belongs to the banner. Any other heading stays a heading. */
function bannerOf(section: Section): Block[] | null {
  if (section.heading !== null && section.kind !== 'banner') return null;
  return bannerBlocks(section.nodes, section.heading === null ? null : section.title);
}

function headingOf({ heading, title, depth }: Section, may: MayInfer): Block[] {
  if (heading === null) return [];
  return heading.type === 'heading' || !may('heading')
    ? plainBlocks([heading])
    : [pseudoHeadingBlock(heading, title, depth)];
}

/** Directives split a section into runs. Each run is read by the section's kind. */
function bodyBlocks(section: Section, isLast: boolean, may: MayInfer, messages: MessageCollector): Block[] {
  const blocks: Block[] = [];
  let run: RootContent[] = [];
  const settle = (atEnd: boolean) => {
    blocks.push(...runBlocks(run, section, atEnd, may));
    run = [];
  };
  for (const node of section.nodes) {
    if (node.type !== 'containerDirective') {
      run.push(node);
      continue;
    }
    settle(false);
    blocks.push(...directiveBlocks(node, READERS, messages));
  }
  settle(isLast);
  return blocks;
}

function runBlocks(nodes: RootContent[], section: Section, atEnd: boolean, may: MayInfer): Block[] {
  const cut = may('qr') ? (splitAtQr(nodes) ?? (atEnd ? lastPicture(nodes, section) : null)) : null;
  if (cut) {
    const rest = runBlocks(cut.after, section, false, may);
    return [...runBlocks(cut.before, section, false, may), cut.qr, ...rest];
  }
  if (nodes.length === 0) return [];
  const read = section.kind !== null && may(section.kind) ? READERS[section.kind](nodes, section) : null;
  return read ?? strayQuestions(nodes, may) ?? plainBlocks(nodes);
}

/** A picture that ends an issue after its Q&A or reading list is a QR code, even without words. */
function lastPicture(nodes: RootContent[], { kind }: Section) {
  const last = nodes.at(-1);
  const image = nodes.length > 1 ? pictureOf(last) : null;
  if (!last || !image || (kind !== 'reading' && kind !== 'qa')) return null;
  const line = last.position?.start.line ?? 0;
  const qr: Block = { kind: 'qr', line, image };
  return { before: nodes.slice(0, -1), qr, after: [] };
}

/** Finds questions (a header line, then a quote) below any other heading. */
function strayQuestions(nodes: RootContent[], may: MayInfer): Block[] | null {
  if (!may('qa') || !nodes.some(({ type }) => type === 'blockquote')) return null;
  return qaBlocks(nodes, { strict: true });
}

function isDirective(node: RootContent): boolean {
  return node.type === 'containerDirective';
}
