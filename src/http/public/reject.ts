/**
 * `/reject/:token`, "It was not me: never write to me": GET shows the button, POST shuts us out. Who said so before is
 * told so; a link that names nobody here does nothing.
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
import { sendPlainPage, visit } from './page.ts';

interface OfToken {
  Params: { token: string };
}

export async function rejectRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/reject/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const { newsletter, standing } = found;
    const here = visit(parts, request, newsletter);
    return standing.state === 'unsubscribed' && standing.leftBy === 'not-me'
      ? sendDonePage(here, reply, 'reject', newsletter.name)
      : sendButtonPage(here, reply, 'reject', newsletter.name);
  });

  app.post<OfToken>('/reject/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const { ref, newsletter } = found;
    const here = visit(parts, request, newsletter);
    if (field(request, PRESSED) !== 'reject')
      return sendButtonPage(here, reply, 'reject', newsletter.name, 400);
    const origin = originOf(request, 'page', here.language);
    const done = await reject(parts.db, parts.keys, parts.clock, { ...ref, origin });
    if (!done) return sendPlainPage(parts, request, reply, 404, 'link-away');
    return sendDonePage(here, reply, 'reject', newsletter.name);
  });
}

async function linkOf(parts: WebParts, token: string) {
  const ref = readRejectToken(parts.keys, token);
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  const standing = newsletter && (await linkedSubscription(parts.db, ref));
  return standing ? { ref, newsletter, standing } : null;
}
