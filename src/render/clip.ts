/**
 * `clip: auto` in the front matter: a mail that Gmail would cut anywhere is cut at the border of a block, with a
 * button to the rest on the web. The page there shows all of it, and so does the plain text.
 */
import type { Block, Document, Message } from '../issue/document.ts';
import { GMAIL_CLIPS_AT } from './weigh.ts';

/** Slots are filled with links of some hundred bytes. */
const ROOM = 3_000;
/** One rendering of an issue takes a tenth of a second. */
const TRIES = 6;

export const wantsClip = ({ extra }: Pick<Document, 'extra'>): boolean =>
  Object.entries(extra).some(([key, value]) => key.toLowerCase() === 'clip' && /^auto$/i.test(String(value)));

/** A rendering of the first blocks and of whatever is put behind them. */
export interface Clipped<T> {
  rendering: T;
  message: Message;
}

/**
 * The longest beginning that fits, as far as a few tries find it; null when nothing of it does. `render` is given the
 * blocks with the button, `size` says how many bytes they took.
 */
export async function clip<T>(
  blocks: readonly Block[],
  wholeSize: number,
  button: (line: number) => Block,
  render: (blocks: readonly Block[]) => Promise<T>,
  size: (rendering: T) => number,
): Promise<Clipped<T> | null> {
  const goal = GMAIL_CLIPS_AT - ROOM;
  let best: { kept: number; rendering: T } | null = null;
  let [fits, tooMany] = [0, blocks.length];
  let bytes = wholeSize;
  let guess = blocks.length;
  for (let tries = 0; tries < TRIES && tooMany - fits > 1; tries++) {
    guess = clamp(Math.floor((guess * goal) / bytes), fits + 1, tooMany - 1);
    const kept = withoutHangingHeading(blocks, guess);
    if (kept <= fits) {
      fits = guess;
      continue;
    }
    const rendering = await render([...blocks.slice(0, kept), button(blocks[kept]!.line)]);
    bytes = size(rendering);
    if (bytes <= goal) {
      best = { kept, rendering };
      fits = guess;
    } else tooMany = guess;
  }
  return (
    best && { rendering: best.rendering, message: remark(blocks[best.kept]!.line, blocks.length - best.kept) }
  );
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** A heading is no end. */
function withoutHangingHeading(blocks: readonly Block[], count: number): number {
  let kept = count;
  while (kept > 0 && ['heading', 'divider'].includes(blocks[kept - 1]!.kind)) kept -= 1;
  return kept;
}

function remark(line: number, left: number): Message {
  const text = `clip: auto: the mail ends here with a button to the web page, which has the other ${left} blocks too`;
  return { severity: 'info', line, rule: 'clipped', text };
}
