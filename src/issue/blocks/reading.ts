/**
 * Reads recommended reading: lists of links, paragraphs of links, and cards, where a title is above or below its linked
 * cover. Every link or linked cover is one reading; a title and its cover are one.
 */
import type { Link, Image as MdastImage, Paragraph, PhrasingContent, RootContent } from 'mdast';
import { contentOf } from '../content/content.ts';
import type { Block, Image, Reading } from '../document/document.ts';
import { lineText } from '../markdown/tree/text.ts';
import { lineOf } from '../markdown/tree/tree.ts';
import { linkUrl } from '../targets/urls.ts';
import { imagesIn, isNotBlank, linesOf, linksIn } from './lines.ts';
import { imageOf, plainBlocks } from './plain.ts';

/** Blocks of a reading section, or null when it links to nothing. */
export function readingBlocks(nodes: readonly RootContent[]): Block[] | null {
  const reader = new ReadingReader();
  for (const node of nodes) reader.read(node);
  const blocks = reader.blocks();
  return blocks.some(({ kind }) => kind === 'reading') ? blocks : null;
}

class ReadingReader {
  #blocks: Block[] = [];
  #readings: Reading[] = [];
  #loose: RootContent[] = [];
  /** A line of text that may be the title of the card below it. */
  #title: { text: string; line: number; node: RootContent } | null = null;
  /** An unlinked picture that may be the cover of the link below it. */
  #cover: { image: Image; node: RootContent } | null = null;

  read(node: RootContent): void {
    if (node.type === 'list')
      for (const item of node.children) this.#item(item.children as RootContent[], node);
    else if (node.type === 'paragraph') this.#paragraph(node, node);
    else this.#passThrough(node);
  }

  blocks(): Block[] {
    this.#dropPending();
    this.#settleReadings();
    this.#settleLoose();
    return this.#blocks;
  }

  #item(children: RootContent[], list: RootContent): void {
    for (const child of children) {
      if (child.type === 'list') this.read(child);
      else if (child.type === 'paragraph') this.#paragraph(child, wrapped(child, list));
      else this.#passThrough(child);
    }
  }

  #paragraph(paragraph: Paragraph, whole: RootContent): void {
    const links = linksIn(paragraph).filter(({ url }) => url.trim() !== '');
    const [image, more] = imagesIn(paragraph);
    if (links.length === 0 && image && !more && lineText(paragraph) === '') this.#showCover(image, whole);
    else if (links.length === 0) this.#hold(paragraph, whole);
    else for (const link of links) this.#link(link, paragraph, links.length === 1);
  }

  #link(link: Link, paragraph: Paragraph, alone: boolean): void {
    const [picture] = imagesIn(link);
    const title = lineText(link);
    const line = lineOf(link) || lineOf(paragraph);
    const url = linkUrl(link.url);
    if (picture && title === '') this.#card(picture, url, paragraph, line);
    else if (!this.#joinsCard(url, title))
      this.#add({
        line,
        title,
        url,
        ...this.#takeCover(),
        ...coverBeside(paragraph, alone),
        ...noteOf(link, paragraph, alone),
      });
  }

  /** A linked cover. Its title is above it, in the same paragraph, or below it. */
  #card(picture: MdastImage, url: string, paragraph: Paragraph, line: number): void {
    const cover = imageOf(picture);
    const last = this.#readings.at(-1);
    if (this.#title === null && last && last.url === url && last.cover === undefined) {
      last.cover = cover;
      return;
    }
    const beside = lineText(paragraph);
    const title = this.#title?.text ?? beside;
    this.#title = null;
    this.#add({ line, title, url, cover });
  }

  /** A link below a cover with the same address is the cover's title. */
  #joinsCard(url: string, title: string): boolean {
    const last = this.#readings.at(-1);
    if (last?.cover === undefined || last.url !== url || this.#title !== null) return false;
    if (last.title === '') last.title = title;
    return true;
  }

  #add(reading: Reading): void {
    this.#dropPending();
    this.#settleLoose();
    this.#readings.push(reading);
  }

  #hold(paragraph: Paragraph, whole: RootContent): void {
    this.#dropPending();
    const lines = linesOf(paragraph);
    const text = lineText(paragraph);
    if (lines.length === 1 && text !== '' && text.length <= 90)
      this.#title = { text, line: lineOf(paragraph), node: whole };
    else this.#passThrough(whole);
  }

  #showCover(image: MdastImage, whole: RootContent): void {
    this.#dropPending();
    this.#cover = { image: imageOf(image), node: whole };
  }

  #takeCover(): { cover?: Image } {
    const cover = this.#cover?.image;
    this.#cover = null;
    return cover ? { cover } : {};
  }

  /** A title or cover that no card followed is prose or a picture. */
  #dropPending(): void {
    for (const pending of [this.#title, this.#cover]) if (pending) this.#passThrough(pending.node, true);
    this.#title = null;
    this.#cover = null;
  }

  #passThrough(node: RootContent, pending = false): void {
    if (!pending) this.#dropPending();
    this.#settleReadings();
    this.#loose.push(node);
  }

  #settleReadings(): void {
    const line = this.#readings[0]?.line;
    if (line !== undefined) this.#blocks.push({ kind: 'reading', line, readings: this.#readings });
    this.#readings = [];
  }

  #settleLoose(): void {
    this.#blocks.push(...plainBlocks(this.#loose));
    this.#loose = [];
  }
}

/** Wraps a list item that is not a reading in a list again. */
function wrapped(child: RootContent, list: RootContent): RootContent {
  if (list.type !== 'list') return child;
  const item = { type: 'listItem' as const, children: [child as Paragraph], position: child.position };
  return {
    type: 'list',
    ordered: list.ordered ?? false,
    spread: false,
    children: [item],
    position: child.position,
  };
}

/** An unlinked picture in the paragraph of a single link is that link's cover. */
function coverBeside(paragraph: Paragraph, alone: boolean): { cover?: Image } {
  const [image, more] = imagesIn(paragraph);
  return alone && image && !more ? { cover: imageOf(image) } : {};
}

/** The text beside the only link of a paragraph. */
function noteOf(link: Link, paragraph: Paragraph, alone: boolean): { note?: Reading['note'] } {
  if (!alone) return {};
  const rest = paragraph.children.filter((node) => !linksIn(node).includes(link) && node.type !== 'image');
  const words = lineText(rest).replace(/[\s\p{P}\p{S}]/gu, '');
  if (words.length < 2) return {};
  const children = withoutLead(rest);
  return { note: contentOf([{ type: 'paragraph', children }]) };
}

function withoutLead(nodes: PhrasingContent[]): PhrasingContent[] {
  const start = nodes.findIndex(isNotBlank);
  const kept = nodes.slice(Math.max(start, 0));
  const [first] = kept;
  if (first?.type !== 'text') return kept;
  return [{ ...first, value: first.value.replace(/^[\s:：,，、|｜—–-]+/, '') }, ...kept.slice(1)];
}
