/** A page with one large button: what link scanners open changes nothing, only the press does. */
import type { FastifyReply } from 'fastify';
import { html } from '../html.ts';
import type { Visit } from './page.ts';

/** Sent by the button: a POST without it did not come from the page. */
export const PRESSED = 'pressed';

/** Words `page.<name>.title`, `.body` and `.button`. */
export function sendButtonPage(
  here: Visit,
  reply: FastifyReply,
  name: string,
  newsletter: string,
  status = 200,
): FastifyReply {
  const { say } = here;
  const title = say(`page.${name}.title`, { newsletter });
  const body = html`<h1>${title}</h1>
<p>${say(`page.${name}.body`, { newsletter })}</p>
<form method="post" action="${here.here}">
<button name="${PRESSED}" value="${name}">${say(`page.${name}.button`)}</button>
</form>`;
  return here.send(reply, { status, title, body });
}

/** Words `page.<name>.done.title` and `.done.body`; `next` is a way on from there. */
export function sendDonePage(
  here: Visit,
  reply: FastifyReply,
  name: string,
  newsletter: string,
  next?: { path: string; text: string },
): FastifyReply {
  const title = here.say(`page.${name}.done.title`, { newsletter });
  const body = html`<h1>${title}</h1>
<p>${here.say(`page.${name}.done.body`, { newsletter })}</p>
${next && html`<p><a href="${here.link(next.path)}">${next.text}</a></p>`}`;
  return here.send(reply, { title, body });
}
