/** What the views of blocks are made with, and the fields that most of them share. */
import type { Block, Content } from '../../issue/document/document.ts';
import { contentHtml } from '../content/content-html.ts';
import type { ContentSettings } from '../content/content-settings.ts';
import { linkAddress } from '../content/url.ts';
import { filledLabel } from '../slots/label.ts';
import type { Translate } from '../theme/words.ts';

export interface BlockContext {
  settings: ContentSettings;
  /** The newsletter's name: a banner title that only repeats it is left out. */
  newsletter: string;
  t: Translate;
  /** The first block of the issue: a picture there may run from edge to edge. */
  opening: Block | undefined;
  /** The depth of the main headings (`topDepthOf`). They become `<h2>`, because the title is the `<h1>`. */
  topDepth: number;
}

export type BlockOf<K extends Block['kind']> = Extract<Block, { kind: K }>;

/** Some weeklies start their headings at `#`, some at `###`. */
export const topDepthOf = (blocks: readonly Block[]): number =>
  Math.min(6, ...blocks.flatMap((block) => (block.kind === 'heading' ? [block.depth] : [])));

/** Content as HTML. */
export const html = ({ settings }: BlockContext, content: Content | undefined): string =>
  content ? contentHtml(settings, content) : '';

/** A link's absolute address; null if it leads nowhere. */
export const url = ({ settings }: BlockContext, address: string | undefined): string | null =>
  address === undefined ? null : linkAddress(settings, address);

/** A label with its slots; null if there is none. */
export const label = ({ settings }: BlockContext, text: string | null | undefined): string | null =>
  text === null || text === undefined ? null : filledLabel(settings.slot, text);

/** The view of a block that has only content. */
export const plain = (context: BlockContext, block: { content: Content }) => ({
  html: html(context, block.content),
});
