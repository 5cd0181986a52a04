/**
 * `/confirm/:token`: GET shows a button, and the POST of that button confirms. Readers who have already confirmed are
 * told so. A link that cannot confirm (any more) gets the same answer whatever the reason.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Newsletter, readNewsletterById } from '../../audience/newsletters/newsletter.ts';
import { confirmLinkUse, subscriptionsOfLink } from '../../consent/link-state.ts';
import { archiveUrl } from '../../consent/links.ts';
import { confirm } from '../../consent/signup/confirm.ts';
import { type ConfirmRef, readConfirmToken } from '../../consent/tokens.ts';
import { listOf } from '../../render/theme/words.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED, sendButtonPage, sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { type PageContext, pageContext, sendPlainPage } from './page.ts';
import { wakeWorkers } from './wake-workers.ts';

interface OfToken {
  Params: { token: string };
}

export async function confirmRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/confirm/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link');
    const { newsletter, use } = found;
    const page = pageContext(parts, request, newsletter);
    const names = namesFor(page, found.names);
    return use === 'confirmed'
      ? sendConfirmed(page, reply, newsletter, names)
      : sendButtonPage(page, reply, 'confirm', names);
  });

  app.post<OfToken>('/confirm/:token', async (request, reply) => {
    const found = await linkOf(parts, request.params.token);
    if (!found) return sendPlainPage(parts, request, reply, 404, 'link');
    const { ref, newsletter } = found;
    const page = pageContext(parts, request, newsletter);
    const names = namesFor(page, found.names);
    if (field(request, PRESSED) !== 'confirm') return sendButtonPage(page, reply, 'confirm', names, 400);
    const yes = await parts.db.transaction().execute((trx) =>
      confirm(trx, parts.keys, {
        ...ref,
        wording: page.say('page.confirm.body', { newsletter: names }),
        origin: originOf(parts, request, 'page', page.language),
      }),
    );
    if (!yes) return sendPlainPage(parts, request, reply, 404, 'link');
    // For a welcome mail.
    if (newsletter.welcome === 'on') wakeWorkers(parts);
    return sendConfirmed(page, reply, newsletter, names);
  });
}

async function linkOf(parts: WebParts, token: string) {
  const ref = readConfirmToken(parts.keys, token, parts.clock.now());
  const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
  if (!newsletter) return null;
  const use = await confirmLinkUse(parts.db, ref);
  return use === 'spent' ? null : { ref, newsletter, use, names: await namesOf(parts, ref) };
}

/** One link may confirm several newsletters; those that its person has left since are not among them. */
async function namesOf({ db }: WebParts, ref: ConfirmRef): Promise<string[]> {
  const names: string[] = [];
  for (const { newsletter, state } of await subscriptionsOfLink(db, ref))
    if (state !== 'unsubscribed') names.push((await readNewsletterById(db, newsletter)).name);
  return names;
}

const namesFor = ({ language }: PageContext, names: readonly string[]): string => listOf(names, language);

function sendConfirmed(page: PageContext, reply: FastifyReply, { slug, archive }: Newsletter, names: string) {
  const past = { path: archiveUrl('', slug), text: page.say('page.archive.link') };
  return sendDonePage(page, reply, 'confirm', names, archive === 'public' ? past : undefined);
}
