/** Passages whose direction differs from the issue's: without a `dir`, their full stops end up on the wrong side. */
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
 * The direction of most letters; null when there are none. Going by the first strong letter (`dir="auto"`) would get a
 * Hebrew paragraph wrong that begins with a product's name.
 */
export function directionOfWords(words: string): Direction | null {
  const letters = words.match(LETTERS)?.length ?? 0;
  if (letters === 0) return null;
  return (words.match(RTL)?.length ?? 0) * 2 > letters ? 'rtl' : 'ltr';
}

/**
 * The content with `dir` on blocks that run the other way: `ltr` or `rtl`, which Outlook understands too. Nested blocks
 * are judged on their own.
 */
export function withDirections(content: Content, surrounding: Direction): Content {
  const words = contentText(content, { slot: () => '' });
  const isMixed = surrounding === 'ltr' ? RTL_LETTERS.test(words) : /\p{Script=Latin}/u.test(words);
  return isMixed ? content.map((node) => directed(node, surrounding)) : content;
}

function directed(node: ElementContent, surrounding: Direction): ElementContent {
  if (node.type !== 'element' || node.tagName === 'pre') return node;
  const own = BLOCKS.has(node.tagName) ? ownDirection(node) : null;
  const inside = own ?? surrounding;
  const children = node.children.map((child) => directed(child, inside));
  if (own === null || own === surrounding || node.properties.dir !== undefined) return { ...node, children };
  return { ...node, properties: { ...node.properties, dir: own }, children };
}

const ownDirection = ({ children }: Element): Direction | null =>
  directionOfWords(contentText(children, { slot: () => '', code: () => '' }));

const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

/**
 * Isolates a value such as a Hebrew name in an English line (Unicode UAX 9), so that the comma after it keeps its place.
 * These are characters and not `<bdi>`, because many programs remove that element and plain text needs them too.
 * Addresses never contain such letters, and Latin words among Hebrew ones need no help.
 */
export const isolated = (value: string): string =>
  RTL_LETTERS.test(value) ? `${ISOLATE}${value}${END_OF_ISOLATE}` : value;
