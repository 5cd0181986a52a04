/** One mail in four views: HTML, text, headers and source. */

import { type Hole, type Html, html } from '../html.ts';
import { FRAME_SANDBOX } from '../mail-frame.ts';
import { avatar, moment, page, size } from './layout.ts';
import { type FoundMail, personOf } from './mails.ts';
import type { MailView } from './read-mail.ts';

export type ViewName = 'html' | 'text' | 'headers' | 'source';
export type Width = 'desktop' | 'phone';

/** Longer sources are cut here; the .eml has all of it. */
const MAX_SOURCE_CHARACTERS = 200_000;

export function mailPage(found: FoundMail, view: MailView, name: ViewName, width: Width): string {
  // The HTML view is at /inbox/7, the others are one level deeper, such as /inbox/7/text.
  const root = name === 'html' ? './' : '../';
  return page({
    title: `${view.subject || '(no subject)'} · Inbox`,
    root,
    body: html`<article class="mail">
${head(found, view, root)}
${tabs(found, view, name, width, root)}
${view.fault && html`<p class="note">${view.fault}</p>`}
${content(found, view, name, width, root)}
</article>`,
  });
}

function head(found: FoundMail, view: MailView, root: string): Html {
  const from = personOf(view.from, found.mailFrom);
  const to = personOf(view.to, found.rcptTo);
  return html`<header class="head">
  <nav class="steps" aria-label="Mails"><a href="${root}">← All mails</a><span>${step(found.newer, 'Newer', root)}${step(found.older, 'Older', root)}</span></nav>
  <h1>${view.subject || '(no subject)'}</h1>
  <div class="who">${avatar(from.name, from.address)}
    <p><b>${from.name || from.address || '(nobody)'}</b>${from.name && html` <small>${from.address}</small>`}<br>
    <small>to <b>${to.name || to.address}</b>${to.name && html` ${to.address}`} · <time datetime="${found.receivedAt.toISOString()}">${moment(found.receivedAt)}</time> · ${size(found.source.length)}</small></p>
    ${view.unsubscribe && html`<a class="button" href="${view.unsubscribe.url}" target="_blank" rel="noopener noreferrer" title="${view.unsubscribe.url}">Unsubscribe${view.unsubscribe.oneClick && html` <small>one click offered</small>`}</a>`}
  </div>
  ${view.attachments.length > 0 && html`<ul class="attachments" aria-label="Attachments">${view.attachments.map(({ name, size: octets }) => html`<li>${name} <small>${size(octets)}</small></li>`)}</ul>`}
</header>`;
}

const step = (id: number | null, text: string, root: string): Html =>
  id === null ? html`<span>${text}</span>` : html`<a href="${root}${id}">${text}</a>`;

function tabs({ id }: FoundMail, view: MailView, now: ViewName, width: Width, root: string): Html {
  const tab = (name: ViewName, text: string, path: string) =>
    html`<a href="${root}${id}${path}"${now === name && html` aria-current="page"`}>${text}</a>`;
  const choice = (name: Width, text: string, query: string) =>
    html`<a href="${root}${id}${query}"${width === name && html` aria-current="true"`}>${text}</a>`;
  return html`<div class="tools">
  <nav class="tabs" aria-label="Views">${tab('html', 'HTML', '')}${tab('text', 'Text', '/text')}${tab('headers', 'Headers', '/headers')}${tab('source', 'Source', '/source')}</nav>
  ${now === 'html' && view.html && html`<nav class="widths" aria-label="Width">${choice('desktop', 'Desktop', '')}${choice('phone', 'Phone', '?width=phone')}</nav>`}
  <a class="download" href="${root}${id}/mail.eml" download>Download<span> .eml</span></a>
</div>`;
}

function content(found: FoundMail, view: MailView, name: ViewName, width: Width, root: string): Html {
  switch (name) {
    case 'html':
      return view.html
        ? frame(found.id, width, root)
        : note('This mail has no HTML part.', `${found.id}/text`);
    case 'text':
      return view.text
        ? html`<pre class="text">${linked(view.text)}</pre>`
        : note('This mail has no text part.');
    case 'headers':
      return headers(view);
    case 'source':
      return source(found.source);
    default:
      return name satisfies never;
  }
}

const frame = (id: number, width: Width, root: string): Html =>
  html`<div class="stage ${width}"><iframe src="${root}${id}/frame" sandbox="${FRAME_SANDBOX}" referrerpolicy="no-referrer" title="The mail's HTML"></iframe></div>`;

const note = (text: string, path?: string): Html =>
  html`<p class="note">${text}${path && html` <a href="${path}">See its text</a>`}</p>`;

const headers = (view: MailView): Html =>
  html`<div class="table"><table><tbody>${view.headers.map(({ name, value }) => html`<tr><th scope="row">${name}</th><td>${linked(value)}</td></tr>`)}</tbody></table></div>`;

function source(bytes: Buffer): Html {
  const text = bytes.toString('utf8');
  const cut = text.length > MAX_SOURCE_CHARACTERS;
  return html`${cut && note(`The first ${size(MAX_SOURCE_CHARACTERS)} of ${size(bytes.length)}; the .eml has all of it.`)}<pre class="source">${cut ? text.slice(0, MAX_SOURCE_CHARACTERS) : text}</pre>`;
}

/** Text with its web addresses as links; everything else stays text. */
function linked(text: string): Hole[] {
  return text
    .split(/(https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uffef]+)/)
    .map((part, index) =>
      index % 2 === 1 ? html`<a href="${part}" target="_blank" rel="noopener noreferrer">${part}</a>` : part,
    );
}
