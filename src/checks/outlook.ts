/**
 * Outlook for Windows lays out mails with Word, which no test can run. These are its known rules, checked on every
 * rendered mail. Most are up to the theme; an issue can only break one with a block that is too high and cannot be split.
 */
import { estimatedHeight } from '../render/blocks/estimated-height.ts';
import type { Check } from './check.ts';

/** A higher row is torn, and what is at the tear is lost. */
const MAX_ROW_PX = 1_800;
/** A row with less HTML than this and no pictures cannot be that high. */
const MIN_HIGH_ROW_CHARACTERS = 3_000;

interface Open {
  tag: string;
  attributes: string;
  /** The offset of its content. */
  at: number;
}

/** One sentence for each kind of fault. */
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
    const height =
      inner.length < MIN_HIGH_ROW_CHARACTERS && !inner.includes('<img') ? 0 : estimatedHeight(inner);
    if (height > MAX_ROW_PX)
      faults.add(
        `a table row is about ${Math.round(height / 100) * 100} px high; Outlook tears rows at 1,800 px`,
      );
  }
}

const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>/gi;
const VOID = new Set(['img', 'br', 'hr', 'meta', 'link', 'input', 'col', 'wbr']);

const styleOf = (attributes: string): string => /\bstyle="([^"]*)"/.exec(attributes)?.[1] ?? '';

function tagFaults(tag: string, attributes: string, open: readonly Open[]): string[] {
  const style = styleOf(attributes);
  if ((tag === 'ul' || tag === 'ol') && !hasSideMargin(style))
    return ['a list has no side margin; Outlook ignores padding on lists and cuts off the bullets'];
  if (tag === 'a' && hasPadding(style) && hasBackground(style) && !paddedCell(open.at(-1)))
    return ['a link with a background has padding that its cell lacks; Outlook shows it without padding'];
  return [];
}

/** Looks at `margin-left`, or at the second or fourth length of `margin`. */
function hasSideMargin(style: string): boolean {
  if (/margin-(?:left|right):\s*0*[1-9]/.test(style)) return true;
  const lengths = /(?:^|;)\s*margin:\s*([^;]+)/.exec(style)?.[1]?.trim().split(/\s+/) ?? [];
  return [lengths[3], lengths[1] ?? lengths[0]].some((length) => /^0*[1-9]/.test(length ?? ''));
}

const hasPadding = (style: string): boolean =>
  /(?:^|;)\s*padding(?:-\w+)?:(?:[^;]*[\s:])?0*[1-9]/.test(style);
const hasBackground = (style: string): boolean =>
  /background(?:-color)?:(?!\s*(?:transparent|none))/.test(style);

/** Word also accepts `mso-padding-alt`. */
const paddedCell = (parent: Open | undefined): boolean =>
  parent !== undefined &&
  /^t[dh]$/.test(parent.tag) &&
  /(?:mso-padding-alt|(?:^|;)\s*padding(?:-\w+)?):(?:[^;]*[\s:])?0*[1-9]/.test(styleOf(parent.attributes));

/** If Windows lacks the first font of a stack, Word uses Times New Roman. */
function fontFaults(html: string): string[] {
  const own = [...html.matchAll(/<!--\[if (?:gte )?mso[^\]]*\]>([\s\S]*?)<!\[endif\]-->/gi)];
  if (own.some(([, css = '']) => /font-family:/.test(css)) || !/font-family:/.test(html)) return [];
  return ['no fonts are set for Outlook (<!--[if mso]><style>…), so it shows Times New Roman'];
}

const layout: Check = {
  rule: 'outlook-layout',
  severity: 'warning',
  advice:
    'Split a long callout or a high picture; everything else is up to the theme: margins of lists, padding in cells, the height of rows, fonts that Windows has.',
  find: ({ edition }) => (edition ? outlookFaults(edition.html).map((text) => ({ line: null, text })) : []),
};

export const outlookChecks: readonly Check[] = [layout];
