/** A `:::name` without its closing line takes the rest of the issue with it: the editor is told. */
import type { Root } from 'mdast';
import type { Remarks } from '../../document/messages.ts';
import { walk } from '../tree/walk.ts';

export function remarkUnclosed(tree: Root, source: string, remarks: Remarks): void {
  const lines = source.split('\n');
  walk(tree, (node) => {
    if (node.type !== 'containerDirective') return;
    const { start, end } = node.position ?? {};
    if (!start || !end || /^[\s>]*:{3,}\s*$/.test(lines[end.line - 1] ?? '')) return;
    remarks.warning('directive-unclosed', `:::${node.name} is never closed by a line ":::"`, start);
  });
}
