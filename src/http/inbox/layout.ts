/** The layout of every inbox page: one self-contained document that loads nothing and runs no scripts. */
import { createHash } from 'node:crypto';
import { Html, html } from '../html.ts';
import { LOGO, SEARCH } from './icons.ts';
import { STYLE } from './style.ts';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
/** A constant, so it need not be escaped. */
const STYLE_TAG = new Html(`<style>${STYLE}</style>`);

export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  // The icon, which browsers ask for by themselves.
  "img-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface Page {
  title: string;
  /** The path from this page to the list: `./` on the list itself, `../` one level below. */
  root: string;
  search?: string;
  /** Reloads the page by itself after this time. */
  refreshSeconds?: number;
  body: Html;
}

export function page({ title, root, search = '', refreshSeconds, body }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${refreshSeconds && html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title}</title>
${STYLE_TAG}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar">
  <a class="brand" href="${root}">${LOGO}<span>Postrider <b>Inbox</b></span></a>
  <form class="search" role="search" action="${root}">
    ${SEARCH}<input type="search" name="q" value="${search}" placeholder="Recipient or subject" aria-label="Search recipient or subject">
  </form>
  <span class="rehearsal" title="This inbox catches every mail that Postrider sends here. Nothing reaches a real mailbox.">Rehearsal<i>, nothing leaves this machine</i></span>
</header>
<main id="main">${body}</main>
</body>
</html>
`.text;
}

/** A circle with the initials of a name, in a colour derived from the address. */
export function avatar(name: string, address: string): Html {
  const tone = [...address].reduce((sum, character) => sum + character.codePointAt(0)!, 0) % 8;
  return html`<span class="avatar tone-${tone}" aria-hidden="true">${initials(name || address)}</span>`;
}

function initials(name: string): string {
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  const first = [...(words[0] ?? '?')];
  if (/\p{Script=Han}/u.test(first[0]!)) return first.at(0)!;
  return `${first[0]}${[...(words[1] ?? '')].slice(0, 1).join('')}`.toUpperCase();
}

/** A size in bytes, as people read it. */
export function size(octets: number): string {
  if (octets < 1_000) return `${octets} B`;
  if (octets < 1_000_000) return `${Math.round(octets / 1_000)} KB`;
  return `${(octets / 1_000_000).toFixed(1)} MB`;
}

/** A time as `2026-03-01 09:30 UTC`. */
export function moment(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
