/**
 * The archive: `/archive/:newsletter` lists what was sent, `/archive/:newsletter/:issue` shows one as it went out,
 * or as it was corrected since, without anybody's name or personal links. `unlisted` keeps the list to itself but the pages work, since mails
 * link to them; `off` shows nothing.
 */
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { archiveUrl, subscribeUrl } from '../../consent/links.ts';
import type { Db } from '../../db/connection.ts';
import { archivePage } from '../../render/archive.ts';
import type { Edition } from '../../render/edition/edition.ts';
import { longDate } from '../../render/theme/language.ts';
import { type Html, html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { newsletterBySlug } from './newsletters.ts';
import { sendPlainPage, type Visit, visit } from './page.ts';

interface Entry {
  slug: string;
  title: string;
  /** `YYYY-MM-DD` */
  date: string | null;
}

/** A corrected edition shows within a minute. */
const FRESH = 'public, max-age=60';

export async function archiveRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<{ Params: { newsletter: string } }>('/archive/:newsletter', async (request, reply) => {
    const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
    if (newsletter?.archive !== 'public') return sendPlainPage(parts, request, reply, 404, 'not-found');
    const here = visit(parts, request, newsletter);
    const title = here.say('page.archive.title');
    const body = html`<h1>${title}</h1>${list(here, newsletter, await entries(parts.db, newsletter))}
${newsletter.signup === 'open' && wayIn(here, newsletter)}`;
    return here.send(reply, { title, body, listed: true });
  });

  app.get<{ Params: { newsletter: string; issue: string } }>(
    '/archive/:newsletter/:issue',
    async (request, reply) => {
      const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
      const shown = newsletter && newsletter.archive !== 'off';
      const edition = shown && (await editionOf(parts.db, newsletter.id, request.params.issue));
      if (!edition) return sendPlainPage(parts, request, reply, 404, 'not-found');
      if (newsletter.archive === 'unlisted') reply.header('x-robots-tag', 'noindex');
      return reply
        .header('cache-control', FRESH)
        .header('content-language', edition.language)
        .type('text/html; charset=utf-8')
        .send(archivePage(edition));
    },
  );
}

/** Mails of these are out, or the editor put them here; a cancelled one may have reached somebody. */
const OUT = sql<boolean>`(state IN ('sending', 'paused', 'sent', 'archived')
  OR (state = 'cancelled' AND s.sending_since IS NOT NULL)) AND coalesce(c.edition_id, i.edition_id) IS NOT NULL`;
/** The list leaves out what was cancelled. */
const LISTED = sql<boolean>`state <> 'cancelled' AND ${OUT}`;

/** The day of an issue without a date is the one on which it began to go out, by the newsletter's clock. */
async function entries(db: Db, { id, timezone }: Newsletter): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    SELECT slug, coalesce(c.title, i.title) AS title,
      coalesce(issue_date, (coalesce(s.sending_since, i.created_at) AT TIME ZONE ${timezone})::date) AS date
    FROM issues i LEFT JOIN sends s ON s.issue_id = i.id LEFT JOIN corrections c ON c.issue_id = i.id WHERE newsletter_id = ${id} AND ${LISTED}
    ORDER BY date DESC, i.id DESC`.execute(db);
  return rows;
}

async function editionOf(db: Db, newsletterId: number, slug: string): Promise<Edition | null> {
  const { rows } = await sql<{ content: Edition }>`
    SELECT e.content FROM issues i LEFT JOIN sends s ON s.issue_id = i.id LEFT JOIN corrections c ON c.issue_id = i.id
      JOIN editions e ON e.id = coalesce(c.edition_id, i.edition_id)
    WHERE i.newsletter_id = ${newsletterId} AND i.slug = ${slug} AND ${OUT}`.execute(db);
  return rows[0]?.content ?? null;
}

const wayIn = ({ link, say }: Visit, { slug }: Newsletter): Html =>
  html`<p><a class="button" href="${link(subscribeUrl('', slug))}">${say('page.subscribe.button')}</a></p>`;

function list(here: Visit, { slug: newsletter }: Newsletter, issues: readonly Entry[]): Html {
  if (issues.length === 0) return html`<p>${here.say('page.archive.none')}</p>`;
  const items = issues.map(
    ({ slug, title, date }) => html`<li><a href="${here.link(archiveUrl('', newsletter, slug))}">${title}
${date && html`<time class="muted" datetime="${date}">${longDate(date, here.language)}</time>`}</a></li>`,
  );
  return html`<ul class="list">${items}</ul>`;
}
