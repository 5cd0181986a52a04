/**
 * The plain text of a document's content, for everything without markup: the text part, the preheader, titles, labels,
 * calendars, alternative texts. Struck words are marked (`~~$200~~ $100`), or left out where one line is wanted.
 * Superscripts and subscripts are kept (`10⁶`, `H₂O`, `x^(n+1)`), and hidden elements are omitted.
 */
import type { Element, Nodes } from 'hast';
import { writtenSlot } from '../document/slot-syntax.ts';
import { subscript, superscript } from './superscript.ts';

/** How content is written as text in one place. */
export interface TextStyle {
  struck: 'marked' | 'left-out';
  /** Inside words that are marked as struck. */
  isStruck?: boolean;
  /** Note references (`[1]` in superscript) are kept, where a list of notes follows. */
  notes: boolean;
  /** `use` is `part` within text that is an address. */
  slot(path: string, fallback?: string, use?: 'words' | 'part'): string;
  picture(image: Element): string;
  link(anchor: Element, label: string): string;
  code(words: string): string;
  /** An element that has lines of its own. */
  block(element: Element): string;
}

const BLOCKS = new Set(
  'p ul ol li blockquote pre table caption thead tbody tfoot tr td th h1 h2 h3 h4 h5 h6 hr div center details summary section article dl dt dd figure figcaption'.split(
    ' ',
  ),
);

export const isBlockElement = (node: Nodes): node is Element =>
  node.type === 'element' && BLOCKS.has(node.tagName);

/** For labels: slots stay as they are written, and are filled later. */
const LABEL: TextStyle = {
  struck: 'left-out',
  notes: false,
  slot: (path, fallback) => writtenSlot({ path, ...(fallback !== undefined && { fallback }) }),
  picture: () => '',
  link: (_, label) => label,
  code: (words) => words,
  block: (element) => ` ${inlineText(element.children, LABEL)} `,
};

/** One line of text. `style` changes how slots or pictures are written. */
export function contentText(nodes: readonly Nodes[], style: Partial<TextStyle> = {}): string {
  const whole: TextStyle = {
    ...LABEL,
    block: (element) => ` ${inlineText(element.children, whole)} `,
    ...style,
  };
  return singleLine(inlineText(nodes, whole));
}

/** Removes line ends and soft hyphens, and joins spaces. */
const singleLine = (text: string): string =>
  text
    .replace(/\u00ad/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Inline content in the given style, where a `<br>` is a line end. `before` is the character before it. */
export function inlineText(nodes: readonly Nodes[], style: TextStyle, before = ''): string {
  let said = '';
  for (const node of nodes) said += nodeText(node, style, said.at(-1) ?? before);
  return said;
}

/** The text of a code listing, every character as it is. */
export function verbatim(nodes: readonly Nodes[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.value;
      if (node.type !== 'element' || isSilent(node)) return '';
      return node.tagName === 'br' ? '\n' : verbatim(node.children);
    })
    .join('');
}

function nodeText(node: Nodes, style: TextStyle, before: string): string {
  if (node.type === 'text') return node.value.replace(/[ \t\n\r]+/g, ' ');
  if (node.type !== 'element' || isSilent(node)) return '';
  if (isStruckElement(node)) return struck(node, style, before);
  return isBlockElement(node) ? style.block(node) : elementText(node, style, before);
}

function elementText(element: Element, style: TextStyle, before: string): string {
  const { tagName, properties, children } = element;
  switch (tagName) {
    case 'br':
      return '\n';
    case 'slot':
      return style.slot(
        String(properties.path),
        typeof properties.fallback === 'string' ? properties.fallback : undefined,
        properties.use === 'part' ? 'part' : 'words',
      );
    case 'a':
      return style.link(element, inlineText(children, style, before));
    case 'img':
      return style.picture(element);
    case 'code':
      return style.code(verbatim(children));
    case 'sup': {
      const words = inlineText(children, style);
      return isNoteCall(words) && !style.notes ? '' : superscript(words, before);
    }
    case 'sub':
      return subscript(inlineText(children, style), before);
    default:
      return inlineText(children, style, before);
  }
}

const isNoteCall = (words: string): boolean => /^\s*\[[^\]\s]{1,20}\]\s*$/.test(words);

/** Decoration, such as the letter in a round badge, is not text. */
const isSilent = ({ properties: { hidden, ariaHidden } }: Element): boolean =>
  (hidden !== undefined && hidden !== null && hidden !== false) || String(ariaHidden) === 'true';

const isStruckElement = ({ tagName, properties }: Element): boolean =>
  tagName === 'del' ||
  tagName === 's' ||
  tagName === 'strike' ||
  /text-decoration(?:-line)?:[^;]*line-through/i.test(String(properties.style ?? ''));

/** The marks enclose the words without the spaces around them. Nested struck words are marked once. */
function struck(element: Element, style: TextStyle, before: string): string {
  if (style.struck === 'left-out') return '';
  const bare: Element = { ...element, tagName: 'span', properties: {} };
  const words = elementText(bare, { ...style, isStruck: true }, before);
  if (style.isStruck || words.trim() === '') return words;
  const [, lead = '', core = '', tail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words) ?? [];
  return `${lead}~~${core}~~${tail}`;
}
