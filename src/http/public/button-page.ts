/** A page with one large button: opening it changes nothing (link scanners do that), only pressing the button does. */
import type { FastifyReply } from 'fastify';
import { html } from '../html.ts';
import type { PageContext } from './page.ts';

/** The button's name: a POST without it did not come from the page. */
export const PRESSED = 'pressed';

/** Uses the words `page.<name>.title`, `.body` and `.button`. */
export function sendButtonPage(
  page: PageContext,
  reply: FastifyReply,
  name: string,
  newsletter: string,
  status = 200,
): FastifyReply {
  const { say } = page;
  const title = say(`page.${name}.title`, { newsletter });
  const body = html`<h1>${title}</h1>
<p>${say(`page.${name}.body`, { newsletter })}</p>
<form method="post" action="${page.formAction}">
<button name="${PRESSED}" value="${name}">${say(`page.${name}.button`)}</button>
</form>`;
  return page.send(reply, { status, title, body });
}

/** Uses the words `page.<name>.done.title` and `.done.body`; `next`: a link to go on from there. */
export function sendDonePage(
  page: PageContext,
  reply: FastifyReply,
  name: string,
  newsletter: string,
  next?: { path: string; text: string },
): FastifyReply {
  const title = page.say(`page.${name}.done.title`, { newsletter });
  const body = html`<h1>${title}</h1>
<p>${page.say(`page.${name}.done.body`, { newsletter })}</p>
${next && html`<p><a href="${page.link(next.path)}">${next.text}</a></p>`}`;
  return page.send(reply, { title, body });
}
