/** The page of a reader's preferences: forms without scripts. */
import type { FastifyReply } from 'fastify';
import type { ChosenNewsletter, Preferences } from '../../consent/choosing/preferences.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';
import { languagesOf } from '../../render/theme/words.ts';
import { type Html, html } from '../html.ts';
import { PRESSED } from '../public/button-page.ts';
import { ownName, type PageContext } from '../public/page.ts';

export const FREQUENCIES = ['each', 'first'] as const;
/** Instead of a frequency: they do not get this newsletter. */
export const NONE = 'none';

/** `done`: the words of what was just done, `page.preferences.<done>`. */
export function sendPreferences(
  page: PageContext,
  reply: FastifyReply,
  emails: EmailFiles,
  preferences: Preferences,
  { done, status = 200 }: { done?: string; status?: number } = {},
): FastifyReply {
  const { say, formAction } = page;
  const title = say('page.preferences.title');
  const form = (button: string, quiet: boolean, content: Html): Html =>
    html`<form method="post" action="${formAction}">
${content}
<button${quiet && html` class="quiet"`} name="${PRESSED}" value="${button}">${say(`page.preferences.${button}.button`)}</button>
</form>`;
  const body = html`<h1>${title}</h1>
<p>${say('page.preferences.for', { address: preferences.maskedEmail })}</p>
${done && html`<p class="note" role="status">${say(`page.preferences.${done}`)}</p>`}
<div>${form(
    'save',
    false,
    html`${preferences.newsletters.map((one) => newsletterFields(page, one))}
${profileFields(page, emails, preferences)}`,
  )}
<h2>${say('page.preferences.address.title')}</h2>
${form('address', true, addressFields(page))}
<h2>${say('page.preferences.data.title')}</h2>
${form('data', true, html`<p>${say('page.preferences.data.body')}</p>`)}</div>`;
  return page.send(reply, { status, title, body });
}

function newsletterFields({ say }: PageContext, chosen: ChosenNewsletter): Html {
  const { id, name, state, frequency, pausedUntil } = chosen;
  const reads = state === 'confirmed';
  const offered = reads ? FREQUENCIES : (['each'] as const);
  const option = (value: string, selected: boolean, words: string): Html =>
    html`<option value="${value}"${selected && html` selected`}>${say(`page.preferences.${words}`)}</option>\n`;
  const pause = html`
<div class="field"><label for="pause-${id}">${say('page.preferences.pause')}</label>
<input id="pause-${id}" name="pause-${id}" type="date" value="${pausedUntil}"></div>`;
  return html`<fieldset><legend>${name}</legend>
<div class="field"><label for="frequency-${id}">${say('page.preferences.frequency')}</label>
<select id="frequency-${id}" name="frequency-${id}">
${option(NONE, !reads, state === 'pending' ? 'pending' : 'none')}${offered.map((one) => option(one, reads && one === frequency, reads ? one : 'ask'))}</select></div>${reads && pause}
</fieldset>\n`;
}

function profileFields(
  { say }: PageContext,
  emails: EmailFiles,
  { name, language, timezone }: Preferences,
): Html {
  const languages = [...new Set([...languagesOf(emails), ...(language === null ? [] : [language])])];
  const option = (value: string, selected: boolean, text: string): Html =>
    html`<option value="${value}"${selected && html` selected`}>${text}</option>\n`;
  const usual = option('', false, say('page.preferences.usual'));
  return html`<fieldset><legend>${say('page.preferences.you')}</legend>
<div class="field"><label for="name">${say('page.subscribe.name')}</label>
<input id="name" name="name" autocomplete="name" maxlength="100" value="${name}"></div>
<div class="field"><label for="language">${say('page.preferences.language')}</label>
<select id="language" name="language">
${usual}${languages.map((one) => option(one, one === language, ownName(one)))}</select></div>
<div class="field"><label for="timezone">${say('page.preferences.timezone')}</label>
<select id="timezone" name="timezone">
${usual}${timeZones(timezone).map((one) => option(one, one === timezone, one.replaceAll('_', ' ')))}</select></div>
</fieldset>`;
}

/** All that this Node knows, and theirs, which may have an older name. */
function timeZones(theirs: string | null): string[] {
  const known = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  return theirs === null || known.includes(theirs) ? known : [theirs, ...known];
}

const addressFields = ({ say }: PageContext): Html => html`<p>${say('page.preferences.address.body')}</p>
<div class="field"><label for="email">${say('page.preferences.address.new')}</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" autocapitalize="off" spellcheck="false" required maxlength="254"></div>`;
