/**
 * What the content of a document says in words. Everything that has no markup goes through here: the text part,
 * the preheader, titles, labels, calendars, alternatives. Struck-out words are no longer valid: they are marked
 * (`~~$200~~ $100`), or left out where one line is wanted. Raised and lowered characters stay what they are
 * (`10⁶`, `H₂O`, `x^(n+1)`), and what is hidden says nothing.
 */
import type { Element, Nodes } from 'hast';
import { writtenSlot } from '../document/slot-syntax.ts';
import { subscript, superscript } from './superscript.ts';

/** How words are said at one place. */
export interface TextStyle {
  struck: 'marked' | 'left-out';
  /** Inside words that are marked as struck. */
  isStruck?: boolean;
  /** Calls of notes (`[1]`, raised) are said too: there is a list that they lead to. */
  notes: boolean;
  /** `use` is `part` in words that are an address themselves. */
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

/** As an editor reads it: a label keeps its slots as they are written, for whoever fills them. */
const LABEL: TextStyle = {
  struck: 'left-out',
  notes: false,
  slot: (path, fallback) => writtenSlot({ path, ...(fallback !== undefined && { fallback }) }),
  picture: () => '',
  link: (_, label) => label,
  code: (words) => words,
  block: (element) => ` ${inlineText(element.children, LABEL)} `,
};

/** One line of words. `voice` changes what is said of slots or pictures. */
export function contentText(nodes: readonly Nodes[], voice: Partial<TextStyle> = {}): string {
  const whole: TextStyle = {
    ...LABEL,
    block: (element) => ` ${inlineText(element.children, whole)} `,
    ...voice,
  };
  return singleLine(inlineText(nodes, whole));
}

/** No line ends, no soft hyphens, single blanks. */
export const singleLine = (text: string): string =>
  text
    .replace(/\u00ad/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Inline content as said by a voice; a line break is a line end. `before` is the character it follows. */
export function inlineText(nodes: readonly Nodes[], voice: TextStyle, before = ''): string {
  let said = '';
  for (const node of nodes) said += nodeText(node, voice, said.at(-1) ?? before);
  return said;
}

/** Listings: every character as it stands. */
export function verbatim(nodes: readonly Nodes[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text') return node.value;
      if (node.type !== 'element' || isSilent(node)) return '';
      return node.tagName === 'br' ? '\n' : verbatim(node.children);
    })
    .join('');
}

function nodeText(node: Nodes, voice: TextStyle, before: string): string {
  if (node.type === 'text') return node.value.replace(/[ \t\n\r]+/g, ' ');
  if (node.type !== 'element' || isSilent(node)) return '';
  if (isStruckElement(node)) return struck(node, voice, before);
  return isBlockElement(node) ? voice.block(node) : elementText(node, voice, before);
}

function elementText(element: Element, voice: TextStyle, before: string): string {
  const { tagName, properties, children } = element;
  switch (tagName) {
    case 'br':
      return '\n';
    case 'slot':
      return voice.slot(
        String(properties.path),
        typeof properties.fallback === 'string' ? properties.fallback : undefined,
        properties.use === 'part' ? 'part' : 'words',
      );
    case 'a':
      return voice.link(element, inlineText(children, voice, before));
    case 'img':
      return voice.picture(element);
    case 'code':
      return voice.code(verbatim(children));
    case 'sup': {
      const words = inlineText(children, voice);
      return isNoteCall(words) && !voice.notes ? '' : superscript(words, before);
    }
    case 'sub':
      return subscript(inlineText(children, voice), before);
    default:
      return inlineText(children, voice, before);
  }
}

const isNoteCall = (words: string): boolean => /^\s*\[[^\]\s]{1,20}\]\s*$/.test(words);

/** Decoration, such as the letter in a round mark: it is looked at, not read. */
const isSilent = ({ properties: { hidden, ariaHidden } }: Element): boolean =>
  (hidden !== undefined && hidden !== null && hidden !== false) || String(ariaHidden) === 'true';

export const isStruckElement = ({ tagName, properties }: Element): boolean =>
  tagName === 'del' ||
  tagName === 's' ||
  tagName === 'strike' ||
  /text-decoration(?:-line)?:[^;]*line-through/i.test(String(properties.style ?? ''));

/** The marks stand at the words, blanks outside them; what is struck twice is marked once. */
function struck(element: Element, voice: TextStyle, before: string): string {
  if (voice.struck === 'left-out') return '';
  const bare: Element = { ...element, tagName: 'span', properties: {} };
  const words = elementText(bare, { ...voice, isStruck: true }, before);
  if (voice.isStruck || words.trim() === '') return words;
  const [, lead = '', core = '', tail = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words) ?? [];
  return `${lead}~~${core}~~${tail}`;
}
