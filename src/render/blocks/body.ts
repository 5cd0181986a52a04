/** Renders the blocks of an issue, each through its template. */
import type { Block } from '../../issue/document/document.ts';
import type { ContentSettings } from '../content/content-settings.ts';
import type { FillTemplate } from '../mjml/templates.ts';
import type { Translate } from '../theme/words.ts';
import { type BlockContext, topDepthOf } from './block-context.ts';
import { blockView } from './block-view.ts';
import { estimatedHeight } from './estimated-height.ts';
import { type BlockPart, splitBlock } from './split-block.ts';

/** Outlook tears rows at 1,800 px; the rest is the error of `estimatedHeight`. */
const MAX_ROW_PX = 1_600;

/**
 * The blocks as MJML. A block whose template makes MJML sections stands alone. Blocks of plain HTML are joined into one
 * text (`flow.mjml`), in rows of limited height: a section for each block would double the size of the mail.
 */
export function bodyMjml(
  blocks: readonly Block[],
  settings: ContentSettings,
  newsletter: string,
  t: Translate,
  fill: FillTemplate,
): string {
  const context: BlockContext = { settings, newsletter, t, opening: blocks[0], topDepth: topDepthOf(blocks) };
  const sections = new Sections(fill);
  for (const block of blocks) for (const piece of pieces(context, block, fill)) sections.add(piece);
  return sections.end();
}

interface Piece {
  kind: Block['kind'];
  mjml: string;
  /** The estimated height of plain HTML in px; 0 for sections. */
  height: number;
}

/** What the block's template makes. A block that is too high is split first. */
function pieces(context: BlockContext, block: BlockPart, fill: FillTemplate): Piece[] {
  const view = blockView(context, block);
  if (view === null) return [];
  const mjml = fill(`blocks/${block.kind}.mjml`, { block: { kind: block.kind, ...view } });
  const made = separate(mjml).map((piece) => ({ kind: block.kind, mjml: piece, height: plainHeight(piece) }));
  const parts = made.some(({ height }) => height > MAX_ROW_PX) ? splitBlock(block) : null;
  return parts ? parts.flatMap((part) => pieces(context, part, fill)) : made;
}

const isSection = (mjml: string): boolean => /<mj-/.test(mjml);
const plainHeight = (piece: string): number => (isSection(piece) ? 0 : estimatedHeight(piece));

/** Separates plain HTML before and after a template's sections: it joins the neighbouring blocks. */
function separate(mjml: string): string[] {
  const start = mjml.search(/<mj-/);
  const close = mjml.lastIndexOf('</mj-');
  const end = close < 0 ? mjml.length : mjml.indexOf('>', close) + 1;
  if (start < 0 || isSection(mjml.slice(end))) return [mjml];
  return [mjml.slice(0, start), mjml.slice(start, end), mjml.slice(end)].filter(
    (piece) => piece.trim() !== '',
  );
}

/** Plain HTML that becomes one row. */
interface Row {
  first: boolean;
  html: string;
}

/** Joins neighbouring plain HTML into rows. A heading never ends a row: it belongs to what follows. */
class Sections {
  readonly #fill: FillTemplate;
  readonly #made: string[] = [];
  #rows: Row[] = [];
  #run: Piece[] = [];

  constructor(fill: FillTemplate) {
    this.#fill = fill;
  }

  add(piece: Piece): void {
    if (isSection(piece.mjml)) {
      this.#endText();
      this.#made.push(piece.mjml);
      return;
    }
    if (this.#run.length > 0 && this.#height() + piece.height > MAX_ROW_PX)
      this.#endRow(trailingHeadings(this.#run));
    this.#run.push(piece);
  }

  end(): string {
    this.#endText();
    return this.#made.join('\n');
  }

  #height(): number {
    return this.#run.reduce((sum, { height }) => sum + height, 0);
  }

  /** Ends the row, but keeps its last `left` pieces for the next one. */
  #endRow(left = 0): void {
    const run = this.#run.splice(0, this.#run.length - left);
    if (run.length === 0) return;
    const first = this.#made.length + this.#rows.length === 0;
    this.#rows.push({ first, html: run.map(({ mjml }) => mjml).join('\n') });
  }

  #endText(): void {
    this.#endRow();
    const parts = this.#rows.splice(0);
    if (parts.length === 0) return;
    const html = parts.map((part) => part.html).join('\n');
    const block = { html, first: parts[0]!.first, parts };
    this.#made.push(this.#fill('blocks/flow.mjml', { block }));
  }
}

/** The number of headings at the end. */
function trailingHeadings(run: readonly Piece[]): number {
  const last = run.findLastIndex(({ kind }) => kind !== 'heading');
  return run.length - 1 - last;
}
