/**
 * `/data/:token`: what is kept about a person, to see, to take along and to erase. The link is mailed to the person and
 * works for a day. `/data` mails one to whoever lost their mails; its answer never tells whether it did.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { eraseSubscriber } from '../../audience/erase.ts';
import { type PersonData, readPersonData } from '../../audience/person-data.ts';
import { requestDataLink } from '../../consent/choosing/data-link.ts';
import { type LinkRef, readDataToken } from '../../consent/tokens.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED, sendDonePage } from '../public/button-page.ts';
import { newsletterById } from '../public/newsletters.ts';
import { clientIp } from '../public/origin.ts';
import { pageContext, sendPlainPage } from '../public/page.ts';
import { wakeWorkers } from '../public/wake-workers.ts';
import { HONEYPOT } from '../subscribe/input.ts';
import { addressIn } from './ask-mailbox.ts';
import { sendData, sendLinkDone, sendLinkForm } from './data-pages.ts';

interface OfToken {
  Params: { token: string };
}

/** What sends a mail takes longer than what does not; both are answered after this long. */
const ANSWER_AFTER_MS = 120;

export async function dataRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get('/data', async (request, reply) => sendLinkForm(pageContext(parts, request, null), reply));

  app.post('/data', async (request, reply) => {
    const startedAt = parts.clock.monotonic();
    const page = pageContext(parts, request, null);
    const address = addressIn(request);
    if (!address) return sendLinkForm(page, reply, field(request, 'email'));
    if (field(request, HONEYPOT) === '') await mailLink(parts, request, address.identity);
    await parts.clock.sleep(Math.max(0, ANSWER_AFTER_MS - (parts.clock.monotonic() - startedAt)));
    return sendLinkDone(page, reply);
  });

  app.get<OfToken>('/data/:token', async (request, reply) => showData(parts, request, reply, 200));

  app.get<OfToken>('/data/:token/data.json', async (request, reply) => {
    const found = await dataOf(parts, request);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-data');
    return reply
      .type('application/json; charset=utf-8')
      .header('content-disposition', 'attachment; filename="my-data.json"')
      .send(`${JSON.stringify(found.data, null, 2)}\n`);
  });

  app.post<OfToken>('/data/:token', async (request, reply) => {
    const sure = field(request, PRESSED) === 'erase' && field(request, 'sure') === 'yes';
    if (!sure) return showData(parts, request, reply, 400);
    const found = await dataOf(parts, request);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-data');
    const newsletter = await newsletterById(parts.db, found.ref.newsletter);
    await eraseSubscriber(parts.db, parts.keys, parts.clock, found.data.email, 'reader');
    return sendDonePage(pageContext(parts, request, newsletter), reply, 'erase', newsletter?.name ?? '');
  });
}

async function showData(parts: WebParts, request: FastifyRequest, reply: FastifyReply, status: number) {
  const found = await dataOf(parts, request);
  if (!found) return sendPlainPage(parts, request, reply, 404, 'link-data');
  const newsletter = await newsletterById(parts.db, found.ref.newsletter);
  return sendData(parts, pageContext(parts, request, newsletter), reply, found, found.data, status);
}

async function dataOf(
  parts: WebParts,
  request: FastifyRequest,
): Promise<{ ref: LinkRef; token: string; data: PersonData } | null> {
  const { token } = request.params as { token: string };
  const ref = readDataToken(parts.keys, token, parts.clock.now());
  const data = ref && (await readPersonData(parts.db, parts.keys, ref));
  return data && { ref, token, data };
}

async function mailLink(parts: WebParts, request: FastifyRequest, identity: string): Promise<void> {
  const wanted = { person: { identity }, newsletterId: null, ip: clientIp(request) };
  const lane = await parts.db.transaction().execute((trx) => requestDataLink(trx, parts.keys, wanted));
  if (lane !== null) wakeWorkers(parts);
}
