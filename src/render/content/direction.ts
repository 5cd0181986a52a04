/** Passages that run the other way than the issue around them: without a word about it their stops end up on the wrong side. */
import type { Element, ElementContent } from 'hast';
import { contentText } from '../../issue/content/content-text.ts';
import type { Content } from '../../issue/document/document.ts';

export type Direction = 'ltr' | 'rtl';

const RTL_LETTERS =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const RTL = new RegExp(RTL_LETTERS, 'gu');
const LETTERS = /\p{L}/gu;
const BLOCKS = new Set('p li blockquote td th h1 h2 h3 h4 h5 h6 dt dd summary figcaption caption'.split(' '));

/**
 * What most letters say; null without any. A first strong letter (`dir="auto"`) would turn a Hebrew paragraph that
 * begins with a product's name.
 */
export function directionOfWords(words: string): Direction | null {
  const letters = words.match(LETTERS)?.length ?? 0;
  if (letters === 0) return null;
  return (words.match(RTL)?.length ?? 0) * 2 > letters ? 'rtl' : 'ltr';
}

/**
 * The content with `dir` on blocks that run the other way: `ltr` or `rtl`, which Outlook knows too. Blocks inside are
 * asked for themselves.
 */
export function withDirections(content: Content, around: Direction): Content {
  const words = contentText(content, { slot: () => '' });
  const isMixed = around === 'ltr' ? RTL_LETTERS.test(words) : /\p{Script=Latin}/u.test(words);
  return isMixed ? content.map((node) => directed(node, around)) : content;
}

function directed(node: ElementContent, around: Direction): ElementContent {
  if (node.type !== 'element' || node.tagName === 'pre') return node;
  const own = BLOCKS.has(node.tagName) ? ownDirection(node) : null;
  const inside = own ?? around;
  const children = node.children.map((child) => directed(child, inside));
  if (own === null || own === around || node.properties.dir !== undefined) return { ...node, children };
  return { ...node, properties: { ...node.properties, dir: own }, children };
}

const ownDirection = ({ children }: Element): Direction | null =>
  directionOfWords(contentText(children, { slot: () => '', code: () => '' }));

const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

/**
 * A reader's name in Hebrew within an English line: signs that isolate it (Unicode UAX 9) keep the comma behind it in
 * its place. Signs and no `<bdi>`, since many programs take that element away, and since plain text needs them too.
 * Addresses never hold such letters; the other way round, Latin words stand right among Hebrew ones by themselves.
 */
export const isolated = (value: string): string =>
  RTL_LETTERS.test(value) ? `${ISOLATE}${value}${END_OF_ISOLATE}` : value;
