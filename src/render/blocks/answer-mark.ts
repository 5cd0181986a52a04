/** Answers are written `A：like this`; where the mail says "Answer" above them, the mark goes. */
import type { ElementContent } from 'hast';
import type { Content } from '../../issue/document/document.ts';

const MARK = /^\s*(?:A|答|回答|Answer)\s*[：:]\s*/i;

/** The content without the mark at its very beginning, however deep that lies. */
export function withoutAnswerMark(content: Content): Content {
  const [first, ...rest] = content;
  return first === undefined ? [] : [...stripped(first), ...rest];
}

function stripped(node: ElementContent): ElementContent[] {
  if (node.type === 'text') {
    const value = node.value.replace(MARK, '');
    return value === '' ? [] : [{ ...node, value }];
  }
  return node.type === 'element' ? [{ ...node, children: withoutAnswerMark(node.children) }] : [node];
}
