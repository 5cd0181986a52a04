/**
 * `/reject/:token`, "It was not me: never write to me": GET shows a button, and its POST suppresses the address.
 * Readers who have already done so are told so. A link that belongs to nobody does nothing.
 */
import type { FastifyInstance } from 'fastify';
import { linkedSubscription } from '../../consent/link-state.ts';
import { reject } from '../../consent/reject.ts';
import { readRejectToken } from '../../consent/tokens.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED, sendButtonPage, sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { pageContext, sendPlainPage } from './page.ts';

interface OfToken {
  Params: { token: string };
}

export async function rejectRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/reject/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const { newsletter, subscription } = found;
    const page = pageContext(parts, request, newsletter);
    return subscription.state === 'unsubscribed' && subscription.leftBy === 'not-me'
      ? sendDonePage(page, reply, 'reject', newsletter.name)
      : sendButtonPage(page, reply, 'reject', newsletter.name);
  });

  app.post<OfToken>('/reject/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const { ref, newsletter } = found;
    const page = pageContext(parts, request, newsletter);
    if (field(request, PRESSED) !== 'reject')
      return sendButtonPage(page, reply, 'reject', newsletter.name, 400);
    const origin = originOf(parts, request, 'page', page.language);
    const done = await reject(parts.db, parts.keys, parts.clock, { ...ref, origin });
    if (!done) return sendPlainPage(parts, request, reply, 404, 'link-away');
    return sendDonePage(page, reply, 'reject', newsletter.name);
  });
}

async function linkOf(parts: WebParts, token: string) {
  const ref = readRejectToken(parts.keys, token);
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  const subscription = newsletter && (await linkedSubscription(parts.db, ref));
  return subscription ? { ref, newsletter, subscription } : null;
}
