/**
 * What well-known mail programs do not understand of the HTML, after caniemail.com. Only what loses content or
 * breaks the layout is said: round corners that are square in Outlook harm nobody, and the built-in themes are
 * written so that every program shows them well. What stands in `<style>` is not asked: Gmail and others take it
 * away, so it holds improvements only, and what matters is written into the elements.
 */
import type { Check, Finding } from './check.ts';

/** Of caniemail's names, and how people call them. */
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

/** Features as caniemail names them: without them something is lost, or lies on top of something else. */
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
    'Say it in another way (tables, padding on cells, whole colours, pictures), in the theme or in the HTML of the issue.',
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

/** Every kind of element and every declaration once: a mail repeats each a thousand times. */
function piecesOf(html: string): Set<string> {
  const shown = html.replace(/<!--[\s\S]*?-->|<(head|style|script)\b[\s\S]*?<\/\1>/gi, '');
  const pieces = new Set<string>();
  for (const [, tag = '', attributes = ''] of shown.matchAll(TAG)) {
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

/** Feature -> programs that lack it. */
type Lacking = ReadonlyMap<string, ReadonlySet<string>>;

/** Issues are made of the same pieces. */
const known = new Map<string, Lacking>();
const MOST_KNOWN = 5_000;

async function unsupported(piece: string): Promise<Lacking> {
  const found = known.get(piece) ?? lackingIn(await answers(piece));
  if (known.size < MOST_KNOWN) known.set(piece, found);
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

/** Loaded by the first who asks: caniemail's data has a megabyte. */
async function answers(piece: string): Promise<readonly string[]> {
  const { doIUseEmail } = await import('@jsx-email/doiuse-email');
  try {
    const answer = doIUseEmail(piece, { emailClients: Object.keys(CLIENTS) });
    return answer.success ? [] : answer.errors;
  } catch {
    // It does not read every declaration that browsers do, and has no data of some features for some programs.
    return [];
  }
}

/** In characters, over all `<style>`: beyond it Gmail takes every one of them away. */
const MOST_STYLE = 16_384;

const styles: Check = {
  rule: 'style-too-long',
  severity: 'warning',
  advice: 'Shorten what stays in the head of the theme: `@media` and pseudo-classes of its `content.css`.',
  find({ edition }) {
    const found = [...(edition?.html ?? '').matchAll(/<style\b[^>]*>([\s\S]*?)<\/style>/gi)];
    const length = found.reduce((sum, [, css = '']) => sum + css.length, 0);
    if (length <= MOST_STYLE) return [];
    const text = `the mail has ${length} characters of <style>; beyond ${MOST_STYLE} Gmail takes them all away, and phones get the desktop's layout`;
    return [{ line: null, text }];
  },
};

export const clientChecks: readonly Check[] = [support, styles];
