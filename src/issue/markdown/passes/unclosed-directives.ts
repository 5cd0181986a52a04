/** Warns of a `:::name` without its closing line, which takes the rest of the issue with it. */
import type { Root } from 'mdast';
import type { MessageCollector } from '../../document/message-collector.ts';
import { walk } from '../tree/walk.ts';

export function warnOfUnclosedDirectives(tree: Root, source: string, messages: MessageCollector): void {
  const lines = source.split('\n');
  walk(tree, (node) => {
    if (node.type !== 'containerDirective') return;
    const { start, end } = node.position ?? {};
    if (!start || !end || /^[\s>]*:{3,}\s*$/.test(lines[end.line - 1] ?? '')) return;
    messages.warning('directive-unclosed', `:::${node.name} is never closed by a line ":::"`, start);
  });
}
