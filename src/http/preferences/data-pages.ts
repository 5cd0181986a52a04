/** The pages about a person's data. */
import type { FastifyReply } from 'fastify';
import type { PersonData } from '../../audience/person-data.ts';
import { preferencesUrl } from '../../consent/links.ts';
import type { LinkRef } from '../../consent/tokens.ts';
import { type Html, html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from '../public/button-page.ts';
import type { PageContext } from '../public/page.ts';
import { HONEYPOT } from '../subscribe/input.ts';

interface DataLink {
  ref: LinkRef;
  token: string;
}

export function sendData(
  { keys }: WebParts,
  page: PageContext,
  reply: FastifyReply,
  { ref, token }: DataLink,
  data: PersonData,
  status: number,
): FastifyReply {
  const { say, link } = page;
  const title = say('page.data.title');
  const file = link(`/data/${token}/data.json`);
  const body = html`<h1>${title}</h1>
${facts(page, data)}
${consentList(page, data)}
${mailList(page, data)}
<p><a class="button" href="${file}" download="my-data.json">${say('page.data.export')}</a></p>
<p><a href="${link(preferencesUrl(keys, '', ref))}">${say('page.data.preferences')}</a></p>
<h2>${say('page.erase.title')}</h2>
<p>${say('page.erase.body')}</p>
<form method="post" action="${page.formAction}">
<label class="choice"><input type="checkbox" name="sure" value="yes" required>${say('page.erase.sure')}</label>
<button class="quiet" name="${PRESSED}" value="erase">${say('page.erase.button')}</button>
</form>`;
  return page.send(reply, { status, title, body });
}

function facts({ say, language }: PageContext, data: PersonData): Html {
  const states = data.subscriptions.map(
    ({ newsletter, state, since }) =>
      `${newsletter}: ${say(`page.data.${state}`)}${since ? `, ${day(since, language)}` : ''}`,
  );
  const kept = data.suppressions.map(
    ({ reason, newsletter, since }) =>
      `${reason}${newsletter ? ` (${newsletter})` : ''}, ${day(since, language)}`,
  );
  const rows: [string, string | null][] = [
    [say('page.subscribe.email'), data.email],
    [say('page.data.name'), data.name],
    [say('page.preferences.language'), data.language],
    [say('page.preferences.timezone'), data.timezone],
    ...Object.entries(data.attributes),
    [say('page.data.subscriptions'), states.join('; ')],
    [say('page.data.suppressions'), kept.join('; ')],
    [
      say('page.data.reasons'),
      data.reasons.map(({ reason, comment }) => [reason, comment].filter(Boolean).join(': ')).join('; '),
    ],
  ];
  return html`<dl>${rows.map(([name, value]) => value && html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>`;
}

/** Steps that have words. */
const STEPS = new Set([
  'asked',
  'confirmed',
  'imported',
  'unsubscribed',
  'undone',
  'address-changed',
  'not-me',
  'bounced',
  'complained',
]);

/** What they agreed to, and how they left. */
function consentList({ say, language }: PageContext, { consent }: PersonData): Html | null {
  if (consent.length === 0) return null;
  const items = consent.map(
    ({ step, newsletter, source, wording, at }) =>
      html`<li><time datetime="${at.toISOString()}">${day(at, language)}</time>: ${STEPS.has(step) ? say(`page.data.step.${step}`) : step}${newsletter && html` (${newsletter})`}, ${source}${wording && html`<br>“${wording}”`}</li>\n`,
  );
  return html`<h2>${say('page.data.consent')}</h2>\n<ul>${items}</ul>`;
}

const MAX_LISTED = 50;

/** The latest ones; the export has all. */
function mailList({ say, language }: PageContext, { mails }: PersonData): Html | null {
  if (mails.length === 0) return null;
  const items = mails
    .slice(0, MAX_LISTED)
    .map(
      ({ title, kind, newsletter, state, at }) =>
        html`<li>${day(at, language)}: ${title ?? kind} (${newsletter}), ${say(`page.data.mail.${state}`)}</li>\n`,
    );
  return html`<h2>${say('page.data.mails')}</h2>\n<ul>${items}</ul>`;
}

const day = (at: Date, language: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(at);

/** With `wrong`: the form again, with what was typed. */
export function sendLinkForm(page: PageContext, reply: FastifyReply, wrong?: string): FastifyReply {
  const { say } = page;
  const title = say('page.data-link.title');
  const fault = html`<p class="note error" id="fault" role="alert">${say('page.subscribe.wrong')}</p>`;
  const isWrong = wrong !== undefined;
  const body = html`<h1>${title}</h1>
<p>${say('page.data-link.body')}</p>
${isWrong && fault}
<form method="post" action="${page.formAction}">
<div class="field"><label for="email">${say('page.subscribe.email')}</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" autocapitalize="off" spellcheck="false" required maxlength="254" value="${wrong?.slice(0, 254)}"${isWrong && html` aria-invalid="true" aria-describedby="fault"`}></div>
<div class="trap" aria-hidden="true"><label for="${HONEYPOT}">${say('page.subscribe.trap')}</label>
<input id="${HONEYPOT}" name="${HONEYPOT}" tabindex="-1" autocomplete="off" data-1p-ignore data-bwignore data-lpignore="true" data-form-type="other"></div>
<button>${say('page.data-link.button')}</button>
</form>`;
  return page.send(reply, { status: isWrong ? 400 : 200, title, body });
}

export function sendLinkDone(page: PageContext, reply: FastifyReply): FastifyReply {
  const title = page.say('page.data-link.done.title');
  return page.send(reply, {
    title,
    body: html`<h1>${title}</h1>\n<p>${page.say('page.data-link.done.body')}</p>`,
  });
}
