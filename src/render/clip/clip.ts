/**
 * `clip: auto` in the front matter: Gmail would clip a long mail anywhere. Instead it ends after a block, or after a part
 * of one (a paragraph, a list item, a question, a sentence of a long paragraph), with a button to the web page. The page
 * and the plain text have all of it.
 */
import type { Block, Document, Message } from '../../issue/document/document.ts';
import { GMAIL_CLIP_BYTES } from './gmail-size.ts';
import { firstParts, partsIn } from './parts.ts';

/** Room for filled slots: links take a few hundred bytes each. */
const SLOT_ROOM_BYTES = 3_000;
/** Rendering an issue takes a tenth of a second. */
const MAX_TRIES = 6;

export const wantsClip = ({ extra }: Pick<Document, 'extra'>): boolean =>
  Object.entries(extra).some(([key, value]) => key.toLowerCase() === 'clip' && /^auto$/i.test(String(value)));

/** A rendering of the first blocks and the button after them. */
export interface Clipped<T> {
  rendering: T;
  message: Message;
}

/**
 * The longest beginning that fits, as far as a few tries find it; null when none does. `render` gets the blocks with
 * the button, `size` returns the bytes of a rendering.
 */
export async function clip<T>(
  blocks: readonly Block[],
  wholeSize: number,
  button: (line: number) => Block,
  render: (blocks: readonly Block[]) => Promise<T>,
  size: (rendering: T) => number,
): Promise<Clipped<T> | null> {
  const goal = GMAIL_CLIP_BYTES - SLOT_ROOM_BYTES;
  let best: { line: number; rendering: T } | null = null;
  let [fits, tooMany] = [0, blocks.reduce((sum, block) => sum + partsIn(block), 0)];
  let bytes = wholeSize;
  let guess = tooMany;
  for (let tries = 0; tries < MAX_TRIES && tooMany - fits > 1; tries++) {
    guess = clamp(Math.floor((guess * goal) / bytes), fits + 1, tooMany - 1);
    const { kept, line } = beginning(blocks, guess);
    if (kept.length === 0) {
      fits = guess;
      continue;
    }
    const rendering = await render([...kept, button(line)]);
    bytes = size(rendering);
    if (bytes <= goal) {
      best = { line, rendering };
      fits = guess;
    } else tooMany = guess;
  }
  return best && { rendering: best.rendering, message: remark(best.line) };
}

const clamp = (value: number, min: number, max: number): number => Math.min(Math.max(value, min), max);

/** The first `parts` of an issue. `line` is that of the block that is cut, or of the first that is left out. */
function beginning(blocks: readonly Block[], parts: number): { kept: Block[]; line: number } {
  const kept: Block[] = [];
  let left = parts;
  for (const block of blocks) {
    const count = partsIn(block);
    if (left < count) {
      if (left > 0) kept.push(firstParts(block, left));
      return { kept: withoutTrailingHeadings(kept), line: block.line };
    }
    kept.push(block);
    left -= count;
  }
  return { kept, line: kept.at(-1)?.line ?? 1 };
}

/** A mail does not end with a heading. */
function withoutTrailingHeadings(blocks: readonly Block[]): Block[] {
  return blocks.slice(0, blocks.findLastIndex(({ kind }) => !['heading', 'divider'].includes(kind)) + 1);
}

function remark(line: number): Message {
  const text =
    'clip: auto: the mail ends in or before this block, with a button to the web page, which shows everything';
  return { severity: 'info', line, rule: 'clipped', text };
}
