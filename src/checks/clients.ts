/**
 * HTML that well-known mail programs do not support, according to caniemail.com. Only what loses content or breaks the
 * layout is reported: round corners that are square in Outlook harm nobody. `<style>` is not checked: Gmail and others
 * remove it, so it should hold improvements only, and whatever matters is inlined.
 */
import type { Check, Finding } from './check.ts';

/** caniemail's name -> the usual name. */
const CLIENTS: Readonly<Record<string, string>> = {
  'gmail.desktop-webmail': 'Gmail',
  'gmail.ios': 'Gmail',
  'gmail.android': 'Gmail',
  'outlook.windows': 'Outlook for Windows',
  'outlook.macos': 'Outlook for Mac',
  'outlook.ios': 'Outlook for phones',
  'outlook.android': 'Outlook for phones',
  'apple-mail.macos': 'Apple Mail',
  'apple-mail.ios': 'Apple Mail',
  'yahoo.desktop-webmail': 'Yahoo Mail',
  'samsung-email.android': 'Samsung Email',
  'thunderbird.macos': 'Thunderbird',
};

/** Features, by caniemail's names, without which content is lost or overlaps. */
const HARMFUL = new Set([
  ...['<audio> element', '<video> element', '<object> element', 'Embedded <svg> image', '<dialog> element'],
  ...['<form> element', '<select> element', '<textarea> element', '<meter> element', '<progress> element'],
  ...['<input type="text"> element', '<input type="submit"> element', '<input type="checkbox"> element'],
  ...['<marquee> element', '<base>', 'hidden attribute'],
  ...[
    'position',
    'inset',
    'transform',
    'clip-path',
    'writing-mode',
    'visibility',
    'mix-blend-mode',
    'filter',
  ],
  ...['display:flex', 'display:grid', 'grid-template-* properties', 'column-count'],
  ...['CSS Variables (Custom Properties)', 'CSS calc() function', 'clamp()', 'max()', 'min()'],
  ...['background-image', 'linear-gradient()', 'radial-gradient()', 'conic-gradient()', 'aspect-ratio'],
  ...['lch(), oklch(), lab(), oklab()', 'light-dark()', 'rem unit', 'vw unit', 'vh unit', 'ch unit'],
  ...['padding-inline & padding-block', 'margin-inline & margin-block', 'block-size & inline-size'],
]);

const support: Check = {
  rule: 'client-support',
  severity: 'warning',
  advice:
    'Use something else (tables, padding on cells, opaque colours, pictures) in the theme or in the HTML of the issue.',
  async find({ edition }) {
    if (!edition) return [];
    const lacking = new Map<string, Set<string>>();
    for (const piece of piecesOf(edition.html))
      for (const [feature, clients] of await unsupported(piece))
        lacking.set(feature, new Set([...(lacking.get(feature) ?? []), ...clients]));
    return [...lacking].map(([feature, clients]): Finding => {
      const text = `${feature} does not work in ${[...clients].join(', ')} (https://www.caniemail.com)`;
      return { line: null, text };
    });
  },
};

/** Every kind of element and every declaration once, because a mail repeats each a thousand times. */
function piecesOf(html: string): Set<string> {
  const visibleHtml = html.replace(/<!--[\s\S]*?-->|<(head|style|script)\b[\s\S]*?<\/\1>/gi, '');
  const pieces = new Set<string>();
  for (const [, tag = '', attributes = ''] of visibleHtml.matchAll(TAG)) {
    const names: string[] = [];
    for (const [, name = '', value = ''] of attributes.matchAll(ATTRIBUTE)) {
      if (name === 'type' || name === 'hidden') names.push(`${name}="${value}"`);
      if (name !== 'style') continue;
      for (const declaration of value.split(';'))
        if (declaration.trim()) pieces.add(`<p style="${declaration.trim()}">`);
    }
    pieces.add(`<${[tag.toLowerCase(), ...names].join(' ')}>`);
  }
  return pieces;
}

const TAG = /<([a-z][a-z0-9-]*)((?:\s+[^\s="<>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s="<>/]+)(?:\s*=\s*"([^"]*)")?/g;

/** Feature -> programs that do not support it. */
type Lacking = ReadonlyMap<string, ReadonlySet<string>>;

/** A cache, because issues repeat the same pieces. */
const known = new Map<string, Lacking>();
const MAX_KNOWN = 5_000;

async function unsupported(piece: string): Promise<Lacking> {
  const found = known.get(piece) ?? lackingIn(await answers(piece));
  if (known.size < MAX_KNOWN) known.set(piece, found);
  return found;
}

function lackingIn(sentences: readonly string[]): Lacking {
  const lacking = new Map<string, Set<string>>();
  for (const sentence of sentences) {
    const [, feature = '', client = ''] = /^`(.+)` is not supported by `(.+)`$/.exec(sentence) ?? [];
    if (!HARMFUL.has(feature)) continue;
    lacking.set(feature, (lacking.get(feature) ?? new Set()).add(CLIENTS[client] ?? client));
  }
  return lacking;
}

/** Loaded on first use, because caniemail's data takes a megabyte. */
async function answers(piece: string): Promise<readonly string[]> {
  const { doIUseEmail } = await import('@jsx-email/doiuse-email');
  try {
    const answer = doIUseEmail(piece, { emailClients: Object.keys(CLIENTS) });
    return answer.success ? [] : answer.errors;
  } catch {
    // It cannot parse every declaration that browsers can, and lacks data on some features for some programs.
    return [];
  }
}

/** All `<style>` elements together: beyond this, Gmail removes every one of them. */
const MAX_STYLE_CHARACTERS = 16_384;

const styles: Check = {
  rule: 'style-too-long',
  severity: 'warning',
  advice:
    'Shorten what stays in the head of the mail: `@media` and pseudo-classes in the theme’s `content.css`.',
  find({ edition }) {
    const found = [...(edition?.html ?? '').matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/gi)];
    const length = found.reduce((sum, [, css = '']) => sum + css.length, 0);
    if (length <= MAX_STYLE_CHARACTERS) return [];
    const text = `the mail has ${length} characters of <style>; beyond ${MAX_STYLE_CHARACTERS} Gmail removes them all, and phones get the desktop layout`;
    return [{ line: null, text }];
  },
};

export const clientChecks: readonly Check[] = [support, styles];
