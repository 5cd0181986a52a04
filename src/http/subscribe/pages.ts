/** The pages of signing up: the form, one more click for suspected robots, a mistyped address, and what comes next. */
import type { FastifyReply } from 'fastify';
import { mailboxText } from '../../audience/fields/mailbox.ts';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { archiveUrl } from '../../consent/links.ts';
import type { Challenge } from '../../consent/signup/proof.ts';
import { type Html, html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { type Entry, issueList } from '../public/archive.ts';
import { PRESSED } from '../public/button-page.ts';
import type { PageContext } from '../public/page.ts';
import { type FormFault, formFields, MAX_EMAIL_CHARACTERS, MAX_NAME_CHARACTERS } from './form-fields.ts';
import { NEWSLETTER, type SignUp } from './input.ts';
import { allowProofScript, proofField, proofScript } from './proof-field.ts';
import { wordingFor } from './sign-up.ts';

interface FormContent extends Partial<Pick<SignUp, 'email' | 'name'>> {
  newsletters: readonly Newsletter[];
  issues: readonly Entry[];
  fault?: FormFault;
}

/** With `fault`: the form again with its values, saying what to correct. */
export function sendSubscribeForm(
  parts: Pick<WebParts, 'keys' | 'clock'>,
  page: PageContext,
  reply: FastifyReply,
  { newsletters, issues, fault, email, name }: FormContent,
) {
  const { say } = page;
  const newsletter = newsletters[0]!;
  const title = say('page.subscribe.title', { newsletter: newsletter.name });
  const body = html`<h1>${title}</h1>
${about(page, newsletter)}${fault && html`<p class="note error" id="fault" role="alert">${say(`page.subscribe.${fault}`)}</p>`}
<form method="post" action="${page.formAction}">
${formFields(parts, page, { email, name, fault })}${slugs(newsletters)}<p>${wordingFor(page, newsletters)}</p>
${privacy(page, newsletter)}<button>${say('page.subscribe.button')}</button>
</form>
<p class="muted">${say('page.subscribe.next')}</p>
${latest(page, newsletter, issues)}`;
  return page.send(reply, { status: fault ? 400 : 200, title, body, listed: !fault });
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

function latest(page: PageContext, newsletter: Newsletter, issues: readonly Entry[]) {
  const { slug, archive } = newsletter;
  const all =
    archive === 'public' &&
    html`<p><a href="${page.link(archiveUrl('', slug))}">${page.say('page.archive.link')}</a></p>`;
  return html`${issues.length > 0 && html`<h2>${page.say('page.subscribe.latest')}</h2>\n${issueList(page, newsletter, issues)}\n`}${all}`;
}

/** The first is in the path as well, which does no harm. */
const slugs = (newsletters: readonly Newsletter[]): Html[] =>
  newsletters.length < 2
    ? []
    : newsletters.map(({ slug }) => html`<input type="hidden" name="${NEWSLETTER}" value="${slug}">\n`);

const filledIn = ({ email, name, newsletters }: SignUp): Html =>
  html`<input type="hidden" name="email" value="${email.slice(0, MAX_EMAIL_CHARACTERS)}">
<input type="hidden" name="name" value="${name.slice(0, MAX_NAME_CHARACTERS)}">
${slugs(newsletters)}`;

/**
 * Shown to anyone who may be a robot: a person can still subscribe with one more click. With a challenge their browser
 * solves it first.
 */
export function sendHumanCheck(
  page: PageContext,
  reply: FastifyReply,
  input: SignUp,
  challenge: Challenge | null,
) {
  const { say } = page;
  const { from, replyTo } = input.newsletters[0]!;
  const title = say('page.subscribe.more.title');
  if (challenge) allowProofScript(reply);
  const body = html`<h1>${title}</h1>
<p>${say(challenge ? 'page.subscribe.proof.body' : 'page.subscribe.more.body')}</p>
<form method="post" action="${page.formAction}">
${filledIn(input)}<p>${wordingFor(page, input.newsletters)}</p>
${challenge && proofField(page, challenge, mailboxText(replyTo ?? from))}<button id="solved" name="${PRESSED}" value="subscribe"${challenge && html` disabled`}>${say('page.subscribe.more.button')}</button>
</form>
${challenge && proofScript()}`;
  return page.send(reply, { title, body });
}

/** The address looks mistyped; only its owner knows. */
export function sendSuggestion(page: PageContext, reply: FastifyReply, input: SignUp, suggestion: string) {
  const { say } = page;
  const title = say('page.subscribe.typo.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.subscribe.typo.body', { typed: input.email, suggestion })}</p>
<form method="post" action="${page.formAction}">
${filledIn(input)}<p>${wordingFor(page, input.newsletters)}</p>
<p><button name="${PRESSED}" value="suggested">${say('page.subscribe.typo.use', { address: suggestion })}</button></p>
<p><button class="quiet" name="${PRESSED}" value="subscribe">${say('page.subscribe.typo.keep', { address: input.email })}</button></p>
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
