/** `/confirm/:token`: GET shows the button, any POST confirms. A link that cannot confirm gets one answer, whatever the reason. */
import type { FastifyInstance } from 'fastify';
import { confirm } from '../../consent/confirm.ts';
import { archiveUrl } from '../../consent/links.ts';
import { readConfirmToken } from '../../consent/tokens.ts';
import type { WebParts } from '../parts.ts';
import { sendButtonPage, sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { sendPlainPage, visit } from './page.ts';

interface OfToken {
  Params: { token: string };
}

export async function confirmRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/confirm/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link');
    const { newsletter } = found;
    return sendButtonPage(visit(parts, request, newsletter), reply, 'confirm', newsletter.name);
  });

  app.post<OfToken>('/confirm/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link');
    const { ref, newsletter } = found;
    const here = visit(parts, request, newsletter);
    const yes = await parts.db.transaction().execute((trx) =>
      confirm(trx, parts.keys, {
        ...ref,
        wording: here.say('page.confirm.body', { newsletter: newsletter.name }),
        origin: originOf(request, 'page', here.language),
      }),
    );
    if (!yes) return sendPlainPage(parts, request, reply, 404, 'link');
    const archive = {
      path: archiveUrl('', newsletter.slug),
      text: here.say('page.archive.link'),
    };
    return sendDonePage(
      here,
      reply,
      'confirm',
      newsletter.name,
      newsletter.archive === 'public' ? archive : undefined,
    );
  });
}

async function linkOf(parts: WebParts, token: string) {
  const ref = readConfirmToken(parts.keys, token, parts.clock.now());
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  return newsletter ? { ref, newsletter } : null;
}
