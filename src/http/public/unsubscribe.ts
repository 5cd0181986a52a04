/**
 * `/unsubscribe/:token`: one address for people and for mail programs.
 *
 * A mail program POSTs `List-Unsubscribe=One-Click` (RFC 8058), in either form encoding. It gets 200 without a cookie
 * or redirect, after the commit and once none of the person's mails is being handed over, even if they had already
 * left. A person GETs a page with a button and POSTs that; once they have left, the page says so instead. Any other
 * body does nothing and gets the page. A link that belongs to nobody is a 404 for both, so that nobody is told that
 * they left when they did not.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { unsubscribeLinkState } from '../../consent/link-state.ts';
import { subscribeUrl } from '../../consent/links.ts';
import { readUnsubscribeToken, type UnsubscribeRef } from '../../consent/tokens.ts';
import { unsubscribeByLink } from '../../consent/unsubscribe.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED, sendButtonPage, sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { type PageContext, pageContext, sendPlainPage } from './page.ts';

interface OfToken {
  Params: { token: string };
}

export async function unsubscribeRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/unsubscribe/:token', async (request, reply) => {
    const ref = readUnsubscribeToken(parts.keys, request.params.token);
    return sendByState(parts, request, reply, ref, 200);
  });

  app.post<OfToken>('/unsubscribe/:token', async (request, reply) => {
    const ref = readUnsubscribeToken(parts.keys, request.params.token);
    if (!ref) return sendPlainPage(parts, request, reply, 404, 'link-away');
    if (field(request, 'List-Unsubscribe') === 'One-Click') return oneClick(parts, request, reply, ref);
    if (field(request, PRESSED) !== 'unsubscribe') return sendByState(parts, request, reply, ref, 400);
    const newsletter = await newsletterById(parts.db, ref.newsletter);
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const page = pageContext(parts, request, newsletter);
    const origin = originOf(parts, request, 'page', page.language);
    const left = await unsubscribeByLink(parts.db, parts.clock, ref, origin);
    return left ? sendLeft(page, reply, newsletter) : sendPlainPage(parts, request, reply, 404, 'link-away');
  });
}

async function oneClick(parts: WebParts, request: FastifyRequest, reply: FastifyReply, ref: UnsubscribeRef) {
  const origin = originOf(parts, request, 'one-click', null);
  const left = await unsubscribeByLink(parts.db, parts.clock, ref, origin);
  return reply
    .code(left ? 200 : 404)
    .type('text/plain; charset=utf-8')
    .send(left ? 'unsubscribed\n' : 'this link belongs to no subscriber here\n');
}

/** The page with the button (sent with `status`), or the one that says that they have already left. */
async function sendByState(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  ref: UnsubscribeRef | null,
  status: number,
) {
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  const state = newsletter && (await unsubscribeLinkState(parts.db, ref));
  if (!newsletter || !state) return sendPlainPage(parts, request, reply, 404, 'link-away');
  const page = pageContext(parts, request, newsletter);
  return state === 'unsubscribed' || state === 'gone'
    ? sendLeft(page, reply, newsletter)
    : sendButtonPage(page, reply, 'unsubscribe', newsletter.name, status);
}

function sendLeft(page: PageContext, reply: FastifyReply, { name, slug, signup }: Newsletter) {
  const back = { path: subscribeUrl('', slug), text: page.say('page.unsubscribe.back') };
  return sendDonePage(page, reply, 'unsubscribe', name, signup === 'open' ? back : undefined);
}
