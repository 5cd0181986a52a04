/** The pages of `/subscribe/:newsletter`: the form, one more click, and what comes next. */
import type { FastifyReply } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { archiveUrl } from '../../consent/links.ts';
import { type Html, html } from '../html.ts';
import { PRESSED } from './button-page.ts';
import type { Visit } from './page.ts';

/** A field that people do not see. No browser or password manager knows what to fill into one of that name. */
export const TRAP = 'q7_leave_empty';

/** As it was filled in. */
export interface Filled {
  email: string;
  name: string;
}

/** With `wrong`: the form again, as it was filled in, saying what to correct. */
export function sendForm(here: Visit, reply: FastifyReply, newsletter: Newsletter, wrong?: Filled) {
  const { say } = here;
  const { name, slug, archive } = newsletter;
  const title = say('page.subscribe.title', { newsletter: name });
  const body = html`<h1>${title}</h1>
${about(here, newsletter)}${wrong && html`<p class="note error" id="fault" role="alert">${say('page.subscribe.wrong')}</p>`}
<form method="post" action="${here.here}">
<div class="field"><label for="email">${say('page.subscribe.email')}</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" autocapitalize="off" spellcheck="false" required maxlength="254" value="${wrong?.email.slice(0, 254)}"${wrong && html` aria-invalid="true" aria-describedby="fault"`}></div>
<div class="field"><label for="name">${say('page.subscribe.name')}</label>
<input id="name" name="name" autocomplete="name" maxlength="100" value="${wrong?.name.slice(0, 100)}"></div>
<div class="trap" aria-hidden="true"><label for="${TRAP}">${say('page.subscribe.trap')}</label>
<input id="${TRAP}" name="${TRAP}" tabindex="-1" autocomplete="off" data-1p-ignore data-bwignore data-lpignore="true" data-form-type="other"></div>
<p>${say('page.subscribe.wording', { newsletter: name })}</p>
${privacy(here, newsletter)}<button>${say('page.subscribe.button')}</button>
</form>
<p class="muted">${say('page.subscribe.next')}</p>
${archive === 'public' && html`<p><a href="${here.link(archiveUrl('', slug))}">${say('page.archive.link')}</a></p>`}`;
  return here.send(reply, { status: wrong ? 400 : 200, title, body, listed: !wrong });
}

/** In the language of the newsletter, which need not be the page's. */
function about({ language, say }: Visit, newsletter: Newsletter): Html {
  const { description, frequency } = newsletter;
  const theirs = newsletter.language !== language && html` lang="${newsletter.language}"`;
  return html`${description && html`<p class="about"${theirs}>${description}</p>\n`}${
    frequency && html`<p class="muted">${say('page.subscribe.frequency', { frequency })}</p>\n`
  }`;
}

/** In a tab of its own: what was filled in stays. */
const privacy = ({ say }: Visit, { privacyUrl }: Newsletter) =>
  privacyUrl &&
  html`<p class="muted"><a href="${privacyUrl}" target="_blank" rel="noopener">${say('page.subscribe.privacy')}</a></p>\n`;

/** For whoever filled in the trap: nothing is done yet, and nothing is lost. */
export function sendOnceMore(here: Visit, reply: FastifyReply, newsletter: Newsletter, filled: Filled) {
  const { say } = here;
  const title = say('page.subscribe.more.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.subscribe.more.body')}</p>
<form method="post" action="${here.here}">
<input type="hidden" name="email" value="${filled.email}">
<input type="hidden" name="name" value="${filled.name.slice(0, 100)}">
<p>${say('page.subscribe.wording', { newsletter: newsletter.name })}</p>
<button name="${PRESSED}" value="subscribe">${say('page.subscribe.more.button')}</button>
</form>`;
  return here.send(reply, { title, body });
}

export function sendDone(here: Visit, reply: FastifyReply) {
  const { say } = here;
  const title = say('page.subscribe.done.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.subscribe.done.body')}</p>
<p class="muted">${say('page.subscribe.done.none')}</p>`;
  return here.send(reply, { title, body });
}

export function sendClosed(here: Visit, reply: FastifyReply) {
  const title = here.say('page.subscribe.closed.title');
  const body = html`<h1>${title}</h1><p>${here.say('page.subscribe.closed.body')}</p>`;
  return here.send(reply, { status: 403, title, body });
}
