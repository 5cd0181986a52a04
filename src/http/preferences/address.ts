/** `/address/:token`: one of two mailboxes says yes to a new address. GET shows a button; only its POST says yes. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { confirmAddress, readAddressChange } from '../../consent/choosing/confirm-address.ts';
import { readAddressToken } from '../../consent/tokens.ts';
import { field } from '../forms.ts';
import { html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from '../public/button-page.ts';
import { newsletterById } from '../public/newsletters.ts';
import { originOf } from '../public/origin.ts';
import { type PageContext, pageContext, sendPlainPage } from '../public/page.ts';

interface OfToken {
  Params: { token: string };
}

export async function addressRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/address/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-data');
    return sendButton(pageContext(parts, request, found.newsletter), reply, found.change.email, 200);
  });

  app.post<OfToken>('/address/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-data');
    const page = pageContext(parts, request, found.newsletter);
    if (field(request, PRESSED) !== 'address') return sendButton(page, reply, found.change.email, 400);
    const origin = originOf(parts, request, 'page', page.language);
    const outcome = await parts.db
      .transaction()
      .execute((trx) => confirmAddress(trx, parts.keys, found.ref, origin));
    if (outcome === 'gone') return sendPlainPage(parts, request, reply, 404, 'link-data');
    const title = page.say(`page.address.${outcome}.title`);
    const said = page.say(`page.address.${outcome}.body`, { address: found.change.email });
    return page.send(reply, { title, body: html`<h1>${title}</h1>\n<p>${said}</p>` });
  });
}

async function linkOf(parts: WebParts, token: string) {
  const ref = readAddressToken(parts.keys, token, parts.clock.now());
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  const change = newsletter && (await readAddressChange(parts.db, ref));
  return change && { ref, newsletter, change };
}

/** Both mailboxes see the new address: the owner of the old one must know where their mail would go. */
function sendButton(
  { say, send, formAction }: PageContext,
  reply: FastifyReply,
  address: string,
  status: number,
) {
  const title = say('page.address.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.address.body', { address })}</p>
<form method="post" action="${formAction}">
<button name="${PRESSED}" value="address">${say('page.address.button')}</button>
</form>`;
  return send(reply, { status, title, body });
}
