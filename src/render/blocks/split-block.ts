/**
 * Outlook for Windows tears a table row that is higher than about 1,800 px and loses the text at the tear. A block that
 * is too high for one section is split in two where readers do not notice, and each half again until it fits.
 */
import type { Element, ElementContent } from 'hast';
import type { Block, Content, Question } from '../../issue/document/document.ts';

/** A block, or a part of one. Templates see where a listing or a conversation continues. */
export type BlockPart = Block & { cut?: Cut };
export type QuestionPart = Question & {
  /** The asker is named in the part above. */
  continued?: boolean;
  /** The conversation continues in the part below. */
  continues?: boolean;
};

type Turn = Question['turns'][number];
export type TurnPart = Turn & {
  /** The speaker is named in the part above. */
  continued?: boolean;
};

interface Cut {
  /** It continues from the part above. */
  above: boolean;
  /** It continues in the part below. */
  below: boolean;
}

/** Two parts that together show the whole block; null if it cannot be split. */
export function splitBlock(block: BlockPart): [BlockPart, BlockPart] | null {
  switch (block.kind) {
    case 'prose':
    case 'quote':
    case 'table':
    case 'footnotes':
      return both(splitContent(block.content), (content) => ({ ...block, content }));
    case 'banner': {
      const parts = splitContent(block.content);
      return (
        parts && [
          { ...block, content: parts[0] },
          { kind: 'prose', line: block.line, content: parts[1] },
        ]
      );
    }
    case 'qa':
      return both(splitQuestions(block.questions), (questions) => ({ ...block, questions }));
    case 'releases':
      return both(splitItems(block.releases), (releases) => ({ ...block, releases }));
    case 'tasks':
      return both(splitItems(block.groups), (groups) => ({ ...block, groups }));
    case 'reading':
      return both(splitItems(block.readings), (readings) => ({ ...block, readings }));
    case 'code':
      return splitCode(block);
    default:
      return null;
  }
}

function both<T>(parts: [T, T] | null, make: (part: T) => BlockPart): [BlockPart, BlockPart] | null {
  return parts && [make(parts[0]), make(parts[1])];
}

function splitItems<T>(items: readonly T[]): [T[], T[]] | null {
  if (items.length < 2) return null;
  const middle = items.length >> 1;
  return [items.slice(0, middle), items.slice(middle)];
}

const isElement = (node: ElementContent): node is Element => node.type === 'element';

/** Splits between elements; a single list, table or quote between its items. */
function splitContent(content: Content): [Content, Content] | null {
  const visible = content.filter((node) => node.type !== 'text' || node.value.trim() !== '');
  if (visible.length !== 1) return splitItems(visible);
  const [only] = visible as [ElementContent];
  return isElement(only) ? splitElement(only) : null;
}

function splitElement(element: Element): [Content, Content] | null {
  const { tagName } = element;
  if (tagName === 'ul' || tagName === 'ol') return splitList(element);
  if (tagName === 'table') return splitTable(element);
  if (tagName !== 'blockquote' && tagName !== 'div' && tagName !== 'section') return null;
  const parts = splitContent(element.children);
  return parts && [[{ ...element, children: parts[0] }], [{ ...element, children: parts[1] }]];
}

function splitList(list: Element): [Content, Content] | null {
  const parts = splitItems(list.children.filter(isElement));
  if (parts === null) return null;
  const [first, second] = parts;
  const { start, reversed } = list.properties;
  // A reversed list without a number counts down from its length.
  const from = typeof start === 'number' ? start : reversed ? first.length + second.length : 1;
  const numbered = (at: number) =>
    list.tagName === 'ol' ? { ...list.properties, start: at } : list.properties;
  return [
    [{ ...list, properties: numbered(from), children: first }],
    [
      {
        ...list,
        properties: numbered(from + (reversed ? -first.length : first.length)),
        children: second,
      },
    ],
  ];
}

/** The second half repeats the head. */
function splitTable(table: Element): [Content, Content] | null {
  const groups = table.children.filter(isElement);
  const body = groups.find(({ tagName }) => tagName === 'tbody');
  const parts = body && splitItems(body.children.filter(isElement));
  if (!parts) return null;
  const half = (rows: Element[]): Content => [
    { ...table, children: groups.map((group) => (group === body ? { ...body, children: rows } : group)) },
  ];
  return [half(parts[0]), half(parts[1])];
}

/** Splits between questions, else between turns, else within one; the asker and the source are shown once. */
function splitQuestions(questions: readonly QuestionPart[]): [Question[], Question[]] | null {
  const [question, ...others] = questions;
  if (question === undefined) return null;
  if (others.length > 0) return splitItems(questions);
  const turns = splitItems(question.turns) ?? splitTurn(question.turns[0]);
  if (turns === null) return null;
  const { source: _, ...open } = question;
  const first: QuestionPart = { ...open, turns: turns[0], continues: true };
  const second: QuestionPart = { ...question, turns: turns[1], continued: true };
  return [[first], [second]];
}

function splitTurn(turn: Turn | undefined): [Turn[], Turn[]] | null {
  const parts = turn && splitContent(turn.content);
  if (!parts) return null;
  const second: TurnPart = { ...turn, content: parts[1], continued: true };
  return [[{ ...turn, content: parts[0] }], [second]];
}

function splitCode(block: Extract<BlockPart, { kind: 'code' }>): [BlockPart, BlockPart] | null {
  const parts = splitItems(block.code.replace(/\n$/, '').split('\n'));
  if (parts === null) return null;
  const { above = false, below = false } = block.cut ?? {};
  return [
    { ...block, code: parts[0].join('\n'), cut: { above, below: true } },
    { ...block, code: parts[1].join('\n'), cut: { above: true, below } },
  ];
}
