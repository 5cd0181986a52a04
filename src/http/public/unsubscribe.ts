/**
 * `/unsubscribe/:token`: one address for people and for mail programs.
 *
 * A mail program POSTs `List-Unsubscribe=One-Click` (RFC 8058), in either form encoding: answered 200 without
 * cookie or redirect, after the commit and off the wire, also when the person had left before. A person GETs a page
 * with a button and POSTs that. Any other body does nothing and gets the page.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { subscribeUrl } from '../../consent/links.ts';
import { readUnsubscribeToken } from '../../consent/tokens.ts';
import { unsubscribe } from '../../consent/unsubscribe.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED, sendButtonPage, sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { sendPlainPage, visit } from './page.ts';

interface OfToken {
  Params: { token: string };
}

type Ref = NonNullable<ReturnType<typeof readUnsubscribeToken>>;

export async function unsubscribeRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/unsubscribe/:token', async (request, reply) => {
    const ref = readUnsubscribeToken(parts.keys, request.params.token);
    const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'link-away');
    return sendButtonPage(visit(parts, request, newsletter), reply, 'unsubscribe', newsletter.name);
  });

  app.post<OfToken>('/unsubscribe/:token', async (request, reply) => {
    const ref = readUnsubscribeToken(parts.keys, request.params.token);
    if (!ref) return sendPlainPage(parts, request, reply, 404, 'link-away');
    if (field(request, 'List-Unsubscribe') === 'One-Click') {
      await leave(parts, ref, request, 'one-click', null);
      return reply.type('text/plain; charset=utf-8').send('unsubscribed\n');
    }
    const newsletter = await newsletterById(parts.db, ref.newsletter);
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const { name, slug, signup } = newsletter;
    const here = visit(parts, request, newsletter);
    if (field(request, PRESSED) !== 'unsubscribe')
      return sendButtonPage(here, reply, 'unsubscribe', name, 400);
    await leave(parts, ref, request, 'page', here.language);
    const back = {
      path: subscribeUrl('', slug),
      text: here.say('page.unsubscribe.back'),
    };
    return sendDonePage(here, reply, 'unsubscribe', name, signup === 'open' ? back : undefined);
  });
}

async function leave(
  parts: WebParts,
  ref: Ref,
  request: FastifyRequest,
  source: string,
  language: string | null,
): Promise<void> {
  const { newsletter, subscriber, issue, delivery } = ref;
  await unsubscribe(parts.db, parts.clock, {
    newsletter,
    subscriber,
    by: 'reader',
    origin: originOf(request, source, language),
    delivery: { issue, delivery },
  });
}
