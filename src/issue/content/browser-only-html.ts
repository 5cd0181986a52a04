/**
 * Replaces HTML that works only in a browser by what shows everywhere: quotation marks of `<q>`, ruby text, lists that
 * count backwards. Hidden elements are removed.
 */
import type { Element, ElementContent, Root, RootContent } from 'hast';

/** To be called before the sanitizer (`content.ts`), which removes `hidden`, `ruby` and the like. */
export function replaceBrowserOnlyHtml<T extends Root | Element>(parent: T, quoteDepth = 0): T {
  parent.children = (parent.children as RootContent[]).flatMap((child): RootContent[] =>
    child.type === 'element' ? inPlainForm(child, quoteDepth) : [child],
  ) as never;
  return parent;
}

function inPlainForm(element: Element, quoteDepth: number): ElementContent[] {
  if (isHidden(element)) return [];
  const { tagName } = replaceBrowserOnlyHtml(element, element.tagName === 'q' ? quoteDepth + 1 : quoteDepth);
  if (tagName === 'q') return bracketed(element, quoteDepth % 2 === 0 ? '“”' : '‘’');
  if (tagName === 'rp') return [];
  if (tagName === 'rt') return element.children.length === 0 ? [] : bracketed(element, '()');
  if (tagName === 'ol') countBackwards(element);
  return [element];
}

const text = (value = ''): ElementContent => ({ type: 'text', value });

const bracketed = ({ children }: Element, [open, close]: string): ElementContent[] => [
  text(open),
  ...children,
  text(close),
];

/** Styles that hide an element. */
export const HIDING_STYLE =
  /(?:^|;)\s*(?:(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)\b|(?:opacity|font-size)\s*:\s*0*\.?0+(?:px|pt|r?em|%)?\s*(?:!important\s*)?(?:;|$))/i;

/** Hidden on the site, so readers of the mail must not see it either. */
function isHidden({ properties: { hidden, style } }: Element): boolean {
  return (
    (hidden !== undefined && hidden !== null && hidden !== false) || HIDING_STYLE.test(String(style ?? ''))
  );
}

/** Outlook ignores `reversed`, so each item gets its number. */
function countBackwards(list: Element): void {
  if (list.properties.reversed === undefined || list.properties.reversed === false) return;
  const items = list.children.filter(
    (child) => child.type === 'element' && child.tagName === 'li',
  ) as Element[];
  let next = Number(list.properties.start ?? items.length);
  for (const item of items) {
    next = Number(item.properties.value ?? next);
    item.properties.value = String(next);
    next -= 1;
  }
}
