/** The pages of `/subscribe/:newsletter`: the form, one more click for suspected robots, and what comes next. */
import type { FastifyReply } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { archiveUrl } from '../../consent/links.ts';
import { type Html, html } from '../html.ts';
import { PRESSED } from './button-page.ts';
import type { PageContext } from './page.ts';

/** A field that people do not see, under a name that no browser or password manager fills in. */
export const HONEYPOT = 'q7_leave_empty';

/** As the reader filled it in. */
export interface FormValues {
  email: string;
  name: string;
}

/** With `wrong`: the form again with its values, saying what to correct. */
export function sendSubscribeForm(
  page: PageContext,
  reply: FastifyReply,
  newsletter: Newsletter,
  wrong?: FormValues,
) {
  const { say } = page;
  const { name, slug, archive } = newsletter;
  const title = say('page.subscribe.title', { newsletter: name });
  const body = html`<h1>${title}</h1>
${about(page, newsletter)}${wrong && html`<p class="note error" id="fault" role="alert">${say('page.subscribe.wrong')}</p>`}
<form method="post" action="${page.formAction}">
<div class="field"><label for="email">${say('page.subscribe.email')}</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" autocapitalize="off" spellcheck="false" required maxlength="254" value="${wrong?.email.slice(0, 254)}"${wrong && html` aria-invalid="true" aria-describedby="fault"`}></div>
<div class="field"><label for="name">${say('page.subscribe.name')}</label>
<input id="name" name="name" autocomplete="name" maxlength="100" value="${wrong?.name.slice(0, 100)}"></div>
<div class="trap" aria-hidden="true"><label for="${HONEYPOT}">${say('page.subscribe.trap')}</label>
<input id="${HONEYPOT}" name="${HONEYPOT}" tabindex="-1" autocomplete="off" data-1p-ignore data-bwignore data-lpignore="true" data-form-type="other"></div>
<p>${say('page.subscribe.wording', { newsletter: name })}</p>
${privacy(page, newsletter)}<button>${say('page.subscribe.button')}</button>
</form>
<p class="muted">${say('page.subscribe.next')}</p>
${archive === 'public' && html`<p><a href="${page.link(archiveUrl('', slug))}">${say('page.archive.link')}</a></p>`}`;
  return page.send(reply, { status: wrong ? 400 : 200, title, body, listed: !wrong });
}

/** In the language of the newsletter, which need not be the page's. */
function about({ language, say }: PageContext, newsletter: Newsletter): Html {
  const { description, frequency } = newsletter;
  const theirs = newsletter.language !== language && html` lang="${newsletter.language}"`;
  return html`${description && html`<p class="about"${theirs}>${description}</p>\n`}${
    frequency && html`<p class="muted">${say('page.subscribe.frequency', { frequency })}</p>\n`
  }`;
}

/** Opens in a new tab, so that the form keeps its values. */
const privacy = ({ say }: PageContext, { privacyUrl }: Newsletter) =>
  privacyUrl &&
  html`<p class="muted"><a href="${privacyUrl}" target="_blank" rel="noopener">${say('page.subscribe.privacy')}</a></p>\n`;

/** Shown to anyone who filled in the honeypot: a person can still subscribe with one more click. */
export function sendHumanCheck(
  page: PageContext,
  reply: FastifyReply,
  newsletter: Newsletter,
  filled: FormValues,
) {
  const { say } = page;
  const title = say('page.subscribe.more.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.subscribe.more.body')}</p>
<form method="post" action="${page.formAction}">
<input type="hidden" name="email" value="${filled.email}">
<input type="hidden" name="name" value="${filled.name.slice(0, 100)}">
<p>${say('page.subscribe.wording', { newsletter: newsletter.name })}</p>
<button name="${PRESSED}" value="subscribe">${say('page.subscribe.more.button')}</button>
</form>`;
  return page.send(reply, { title, body });
}

export function sendDone(page: PageContext, reply: FastifyReply) {
  const { say } = page;
  const title = say('page.subscribe.done.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.subscribe.done.body')}</p>
<p class="muted">${say('page.subscribe.done.none')}</p>`;
  return page.send(reply, { title, body });
}

export function sendClosed(page: PageContext, reply: FastifyReply) {
  const title = page.say('page.subscribe.closed.title');
  const body = html`<h1>${title}</h1><p>${page.say('page.subscribe.closed.body')}</p>`;
  return page.send(reply, { status: 403, title, body });
}
