/**
 * What Outlook for Windows makes of the HTML. It lays mails out with Word, which no test can run: these are its known
 * rules, asked of every rendered mail. The theme keeps most of them; only a block that no cut can lower is the issue's.
 */
import { estimatedHeight } from '../render/blocks/estimated-height.ts';
import type { Check } from './check.ts';

/** In px: a row that is higher is torn, and what stands at the tear is lost. */
const HIGHEST_ROW = 1_800;
/** In characters: no row with less HTML is that high, unless pictures make it so. */
const SHORT = 3_000;

interface Open {
  tag: string;
  attributes: string;
  /** Where its content begins. */
  at: number;
}

/** One sentence each, every kind of fault once. */
export function outlookFaults(html: string): string[] {
  const body = html.slice(Math.max(0, html.search(/<body\b/i)));
  const faults = new Set<string>(fontFaults(html));
  const open: Open[] = [];
  for (const { 0: token, 1: slash, 2: tag = '', 3: attributes = '', index } of body.matchAll(TOKEN)) {
    if (!tag) continue; // a comment
    const name = tag.toLowerCase();
    if (slash) close(name, index);
    else {
      for (const fault of tagFaults(name, attributes, open)) faults.add(fault);
      if (!VOID.has(name)) open.push({ tag: name, attributes, at: index + token.length });
    }
  }
  return [...faults];

  function close(name: string, end: number): void {
    const from = open.findLastIndex(({ tag }) => tag === name);
    if (from < 0) return;
    const [closed] = open.splice(from);
    if (name !== 'td' && name !== 'th') return;
    const inner = body.slice(closed!.at, end);
    const height = inner.length < SHORT && !inner.includes('<img') ? 0 : estimatedHeight(inner);
    if (height > HIGHEST_ROW)
      faults.add(
        `a row of a table is some ${Math.round(height / 100) * 100} px high; Outlook tears rows at 1,800`,
      );
  }
}

const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi;
const VOID = new Set(['img', 'br', 'hr', 'meta', 'link', 'input', 'col', 'wbr']);

const styleOf = (attributes: string): string => /\bstyle="([^"]*)"/.exec(attributes)?.[1] ?? '';

function tagFaults(tag: string, attributes: string, open: readonly Open[]): string[] {
  const style = styleOf(attributes);
  if ((tag === 'ul' || tag === 'ol') && !hasSideMargin(style))
    return ['a list has no margin at its side; Outlook knows no padding of lists, and cuts its marks off'];
  if (tag === 'a' && hasPadding(style) && hasGround(style) && !paddedCell(open.at(-1)))
    return ['a link with a ground of its own has padding that its cell lacks; Outlook shows it without'];
  return [];
}

/** `margin-left`, or the second or fourth length of `margin`. */
function hasSideMargin(style: string): boolean {
  if (/margin-(?:left|right):\s*0*[1-9]/.test(style)) return true;
  const lengths = /(?:^|;)\s*margin:\s*([^;]+)/.exec(style)?.[1]?.trim().split(/\s+/) ?? [];
  return [lengths[3], lengths[1] ?? lengths[0]].some((length) => /^0*[1-9]/.test(length ?? ''));
}

const hasPadding = (style: string): boolean =>
  /(?:^|;)\s*padding(?:-\w+)?:(?:[^;]*[\s:])?0*[1-9]/.test(style);
const hasGround = (style: string): boolean => /background(?:-color)?:(?!\s*(?:transparent|none))/.test(style);

/** Word takes `mso-padding-alt` where it stands. */
const paddedCell = (parent: Open | undefined): boolean =>
  parent !== undefined &&
  /^t[dh]$/.test(parent.tag) &&
  /(?:mso-padding-alt|(?:^|;)\s*padding(?:-\w+)?):(?:[^;]*[\s:])?0*[1-9]/.test(styleOf(parent.attributes));

/** Where the first font of a stack is not on Windows, Word sets Times New Roman. */
function fontFaults(html: string): string[] {
  const own = [...html.matchAll(/<!--\[if (?:gte )?mso[^\]]*\]>([\s\S]*?)<!\[endif\]-->/gi)];
  if (own.some(([, css = '']) => /font-family:/.test(css)) || !/font-family:/.test(html)) return [];
  return ['no fonts are set for Outlook (<!--[if mso]><style>…), which has none of the stack before Arial'];
}

const layout: Check = {
  rule: 'outlook-layout',
  severity: 'warning',
  advice:
    'Break a long callout or a high picture in parts; all else is the theme’s: margins of lists, padding in cells, rows that are not too high, fonts that Windows has.',
  find: ({ edition }) => (edition ? outlookFaults(edition.html).map((text) => ({ line: null, text })) : []),
};

export const outlookChecks: readonly Check[] = [layout];
