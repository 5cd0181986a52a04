/**
 * `/unsubscribe/:token`: one address for people and for mail programs.
 *
 * A mail program POSTs `List-Unsubscribe=One-Click` (RFC 8058), in either form encoding. It gets 200 without a cookie
 * or redirect, after the commit and once none of the person's mails is being handed over, even if they had already
 * left. A person GETs a page with a button and POSTs that; once they have left, the page says so instead. Any other
 * body does nothing and gets the page. A link that belongs to nobody is a 404 for both, so that nobody is told that
 * they left when they did not. The page after leaving has a ticket in its forms, which undoes the leaving for half an hour;
 * the link itself cannot.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Newsletter, openNewsletters } from '../../audience/newsletters/newsletter.ts';
import { unsubscribeByPage } from '../../consent/choosing/unsubscribe-by-page.ts';
import { linkedSubscription, unsubscribeLinkState } from '../../consent/link-state.ts';
import { leavingToken, readUnsubscribeToken, type UnsubscribeRef } from '../../consent/tokens.ts';
import { unsubscribeByLink } from '../../consent/unsubscribe.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { pageContext, sendPlainPage } from './page.ts';
import { sendGone, sendLeavingPage, sendLeft } from './unsubscribe-pages.ts';
import { isOfTicket, useTicket } from './unsubscribe-ticket.ts';

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
    const pressed = field(request, PRESSED);
    if (isOfTicket(pressed)) return useTicket(parts, request, reply, ref, pressed);
    if (pressed !== 'unsubscribe') return sendByState(parts, request, reply, ref, 400);
    return unsubscribe(parts, request, reply, ref);
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

async function unsubscribe(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  ref: UnsubscribeRef,
) {
  const newsletter = await newsletterById(parts.db, ref.newsletter);
  if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'link-away');
  const page = pageContext(parts, request, newsletter);
  const origin = originOf(parts, request, 'page', page.language);
  const leaving = await unsubscribeByPage(parts.db, parts.clock, ref, origin);
  if (!leaving) return sendPlainPage(parts, request, reply, 404, 'link-away');
  const ticket =
    leaving.record !== null &&
    leavingToken(parts.keys, { ...ref, record: leaving.record }, parts.clock.now());
  return sendLeft(page, reply, newsletter, await others(parts, newsletter), leaving, ticket || null);
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
  if (state === 'unsubscribed' || state === 'gone')
    return sendGone(page, reply, newsletter, await others(parts, newsletter));
  const subscribed = (await linkedSubscription(parts.db, ref))?.state === 'confirmed';
  const ticket = subscribed && leavingToken(parts.keys, { ...ref, record: 0 }, parts.clock.now());
  return sendLeavingPage(page, reply, newsletter, ticket || null, status);
}

/** The house's other newsletters. */
const others = async ({ db }: WebParts, { id }: Newsletter): Promise<Newsletter[]> =>
  (await openNewsletters(db)).filter((newsletter) => newsletter.id !== id);
