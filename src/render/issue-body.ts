/** The blocks of an issue, each through its template. */
import type { Block } from '../issue/document.ts';
import { blockView, type Easel, topDepthOf } from './block-view.ts';
import type { Painter } from './content.ts';
import type { Fill } from './templates.ts';
import type { Translate } from './words.ts';

/**
 * The blocks as MJML. A block whose template makes MJML stands for itself; those that make plain HTML run
 * together in one `<mj-text>` (`flow.mjml`): one section per block would double the size of the mail.
 */
export function bodyMjml(blocks: readonly Block[], painter: Painter, t: Translate, fill: Fill): string {
  const easel: Easel = { painter, t, topDepth: topDepthOf(blocks) };
  const pieces: string[] = [];
  let run: string[] = [];
  const endRun = (): void => {
    if (run.length > 0)
      pieces.push(fill('blocks/flow.mjml', { block: { html: run.join('\n'), first: pieces.length === 0 } }));
    run = [];
  };
  for (const block of blocks) {
    const view = blockView(easel, block);
    if (view === null) continue;
    const piece = fill(`blocks/${block.kind}.mjml`, { block: { kind: block.kind, ...view } });
    if (!/<mj-/.test(piece)) run.push(piece);
    else {
      endRun();
      pieces.push(piece);
    }
  }
  endRun();
  return pieces.join('\n');
}
