/** The pages of `/unsubscribe/:token`: before leaving, right after it, and whenever the link is opened again. */
import type { FastifyReply } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { LEAVING_REASONS } from '../../consent/choosing/undo.ts';
import type { Leaving } from '../../consent/choosing/unsubscribe-by-page.ts';
import { subscribeUrl } from '../../consent/links.ts';
import { type Html, html } from '../html.ts';
import { PRESSED } from './button-page.ts';
import type { PageContext } from './page.ts';

/** The field with the token that lets these forms act, for half an hour. */
export const TICKET = 'ticket';
export const MAX_COMMENT_CHARACTERS = 500;

/** `ticket` null: they cannot choose fewer mails, for they are not subscribed by this very link. */
export function sendLeavingPage(
  page: PageContext,
  reply: FastifyReply,
  { name }: Newsletter,
  ticket: string | null,
  status: number,
): FastifyReply {
  const { say } = page;
  const title = say('page.unsubscribe.title', { newsletter: name });
  const fewer = html`<form method="post" action="${page.formAction}">
<p>${say('page.unsubscribe.fewer')}</p>
${hidden(ticket)}<button class="quiet" name="${PRESSED}" value="first">${say('page.unsubscribe.first')}</button>
</form>`;
  const body = html`<h1>${title}</h1>
<p>${say('page.unsubscribe.body', { newsletter: name })}</p>
<form method="post" action="${page.formAction}">
<button name="${PRESSED}" value="unsubscribe">${say('page.unsubscribe.button')}</button>
</form>
${ticket && fewer}`;
  return page.send(reply, { status, title, body });
}

/** Right after leaving: what it stopped, the way back, and a question. */
export function sendLeft(
  page: PageContext,
  reply: FastifyReply,
  newsletter: Newsletter,
  others: readonly Newsletter[],
  leaving: Leaving,
  ticket: string | null,
): FastifyReply {
  const offers = ticket && html`${undoForm(page, newsletter, ticket)}\n${reasonForm(page, ticket)}`;
  return sendGone(page, reply, newsletter, others, html`<p>${stopped(page, leaving)}</p>\n${offers}`);
}

/** That they have left; the way back is the normal one. */
export function sendGone(
  page: PageContext,
  reply: FastifyReply,
  { name, slug, signup }: Newsletter,
  others: readonly Newsletter[],
  more?: Html,
): FastifyReply {
  const { say } = page;
  const title = say('page.unsubscribe.done.title');
  const back = html`<p><a href="${page.link(subscribeUrl('', slug))}">${say('page.unsubscribe.back')}</a></p>`;
  const body = html`<h1>${title}</h1>
<p>${say('page.unsubscribe.done.body', { newsletter: name })}</p>
${more ?? (signup === 'open' && back)}
${otherNewsletters(page, others)}`;
  return page.send(reply, { title, body });
}

function stopped({ say }: PageContext, { stopped: count }: Leaving): string {
  if (count === 0) return say('page.unsubscribe.stopped.none');
  return count === 1 ? say('page.unsubscribe.stopped.one') : say('page.unsubscribe.stopped.many', { count });
}

const undoForm = ({ say, formAction }: PageContext, { name }: Newsletter, ticket: string): Html =>
  html`<form method="post" action="${formAction}">
<h2>${say('page.unsubscribe.undo.title')}</h2>
<p>${say('page.unsubscribe.undo.body')}</p>
${hidden(ticket)}<p><button class="quiet" name="${PRESSED}" value="undo">${say('page.unsubscribe.undo', { newsletter: name })}</button></p>
<button class="quiet" name="${PRESSED}" value="first">${say('page.unsubscribe.undo.first', { newsletter: name })}</button>
</form>`;

const reasonForm = ({ say, formAction }: PageContext, ticket: string): Html =>
  html`<form method="post" action="${formAction}">
<fieldset><legend>${say('page.unsubscribe.why')}</legend>
${LEAVING_REASONS.map(
  (reason) =>
    html`<label class="choice"><input type="radio" name="reason" value="${reason}">${say(`page.unsubscribe.why.${reason}`)}</label>\n`,
)}</fieldset>
<label for="comment">${say('page.unsubscribe.comment')}</label>
<textarea id="comment" name="comment" rows="3" maxlength="${MAX_COMMENT_CHARACTERS}"></textarea>
${hidden(ticket)}<p><button class="quiet" name="${PRESSED}" value="reason">${say('page.unsubscribe.tell')}</button></p>
</form>`;

const hidden = (ticket: string | null): Html =>
  html`<input type="hidden" name="${TICKET}" value="${ticket}">\n`;

function otherNewsletters({ say, link }: PageContext, others: readonly Newsletter[]): Html | null {
  if (others.length === 0) return null;
  const items = others.map(
    ({ slug, name, frequency }) => html`<li><a href="${link(subscribeUrl('', slug))}">${name}
${frequency && html`<span class="muted">${frequency}</span>`}</a></li>\n`,
  );
  return html`<h2>${say('page.unsubscribe.others')}</h2>
<ul class="list">${items}</ul>`;
}
