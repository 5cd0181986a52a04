/**
 * `/confirm/:token`: GET shows a button, and the POST of that button confirms. Readers who have already confirmed are
 * told so. A link that cannot confirm (any more) gets the same answer whatever the reason.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { confirmLinkUse } from '../../consent/link-state.ts';
import { archiveUrl } from '../../consent/links.ts';
import { confirm } from '../../consent/signup/confirm.ts';
import { readConfirmToken } from '../../consent/tokens.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED, sendButtonPage, sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { type PageContext, pageContext, sendPlainPage } from './page.ts';

interface OfToken {
  Params: { token: string };
}

export async function confirmRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/confirm/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link');
    const { newsletter, use } = found;
    const page = pageContext(parts, request, newsletter);
    return use === 'confirmed'
      ? sendConfirmed(page, reply, newsletter)
      : sendButtonPage(page, reply, 'confirm', newsletter.name);
  });

  app.post<OfToken>('/confirm/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link');
    const { ref, newsletter } = found;
    const page = pageContext(parts, request, newsletter);
    if (field(request, PRESSED) !== 'confirm')
      return sendButtonPage(page, reply, 'confirm', newsletter.name, 400);
    const yes = await parts.db.transaction().execute((trx) =>
      confirm(trx, parts.keys, {
        ...ref,
        wording: page.say('page.confirm.body', { newsletter: newsletter.name }),
        origin: originOf(parts, request, 'page', page.language),
      }),
    );
    if (!yes) return sendPlainPage(parts, request, reply, 404, 'link');
    return sendConfirmed(page, reply, newsletter);
  });
}

async function linkOf(parts: WebParts, token: string) {
  const ref = readConfirmToken(parts.keys, token, parts.clock.now());
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  if (!newsletter) return null;
  const use = await confirmLinkUse(parts.db, ref);
  return use === 'spent' ? null : { ref, newsletter, use };
}

function sendConfirmed(page: PageContext, reply: FastifyReply, { name, slug, archive }: Newsletter) {
  const past = { path: archiveUrl('', slug), text: page.say('page.archive.link') };
  return sendDonePage(page, reply, 'confirm', name, archive === 'public' ? past : undefined);
}
