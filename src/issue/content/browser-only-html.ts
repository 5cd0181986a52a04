/**
 * HTML that says something only in a browser, in the form that says it everywhere: quotation marks, readings beside
 * characters, lists that count backwards. What a page hides is not said at all.
 */
import type { Element, ElementContent, Root, RootContent } from 'hast';

/** Before what is not known is taken away (`content.ts`): `hidden`, `ruby` and their like are not kept. */
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

/** Styles with which a page shows nothing. */
export const HIDING_STYLE =
  /(?:^|;)\s*(?:(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)\b|(?:opacity|font-size)\s*:\s*0*\.?0+(?:px|pt|r?em|%)?\s*(?:!important\s*)?(?:;|$))/i;

/** On the site too: an email would show it to everybody. */
function isHidden({ properties: { hidden, style } }: Element): boolean {
  return (
    (hidden !== undefined && hidden !== null && hidden !== false) || HIDING_STYLE.test(String(style ?? ''))
  );
}

/** `reversed` is unknown to Outlook: each item says its number. */
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
