/** Answers are written `A：like this`. The mail puts "Answer" above them instead, so the mark is dropped. */
import type { ElementContent } from 'hast';
import type { Content } from '../../issue/document/document.ts';

const MARK = /^\s*(?:A|答|回答|Answer)\s*[：:]\s*/i;

/** The content without an answer mark at its very beginning, however deeply nested. */
export function withoutAnswerMark(content: Content): Content {
  const [first, ...rest] = content;
  return first === undefined ? [] : [...withoutMark(first), ...rest];
}

function withoutMark(node: ElementContent): ElementContent[] {
  if (node.type === 'text') {
    const value = node.value.replace(MARK, '');
    return value === '' ? [] : [{ ...node, value }];
  }
  return node.type === 'element' ? [{ ...node, children: withoutAnswerMark(node.children) }] : [node];
}
