/** The fields that every form of ours has, for people and against robots. */
import { formToken } from '../../consent/tokens.ts';
import { type Html, html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import type { PageContext } from '../public/page.ts';
import { HONEYPOT, OPENED_AT } from './input.ts';

/** What is wrong with an address: the word `page.subscribe.<fault>` says so. */
export type FormFault = 'wrong' | 'disposable';

export const MAX_EMAIL_CHARACTERS = 254;
export const MAX_NAME_CHARACTERS = 100;

interface FilledIn {
  email?: string;
  name?: string;
  fault?: FormFault;
}

export const formFields = (
  { keys, clock }: Pick<WebParts, 'keys' | 'clock'>,
  { say }: PageContext,
  { email = '', name = '', fault }: FilledIn,
): Html => html`<div class="field"><label for="email">${say('page.subscribe.email')}</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" autocapitalize="off" spellcheck="false" required maxlength="${MAX_EMAIL_CHARACTERS}" value="${email.slice(0, MAX_EMAIL_CHARACTERS)}"${fault && html` aria-invalid="true" aria-describedby="fault"`}></div>
<div class="field"><label for="name">${say('page.subscribe.name')}</label>
<input id="name" name="name" autocomplete="name" maxlength="${MAX_NAME_CHARACTERS}" value="${name.slice(0, MAX_NAME_CHARACTERS)}"></div>
<div class="trap" aria-hidden="true"><label for="${HONEYPOT}">${say('page.subscribe.trap')}</label>
<input id="${HONEYPOT}" name="${HONEYPOT}" tabindex="-1" autocomplete="off" data-1p-ignore data-bwignore data-lpignore="true" data-form-type="other"></div>
<input type="hidden" name="${OPENED_AT}" value="${formToken(keys, clock.now())}">
`;
