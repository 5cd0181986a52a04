/**
 * The archive: `/archive/:newsletter` lists what was sent, and `/archive/:newsletter/:issue` shows an issue as it went
 * out, or as corrected since, without names and personal links. `unlisted` hides the list, but the pages work, since
 * mails link to them; `off` shows nothing.
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
import { type PageContext, pageContext, sendPlainPage } from './page.ts';

export interface Entry {
  slug: string;
  title: string;
  /** `YYYY-MM-DD` */
  date: string | null;
}

/** A corrected edition appears within a minute. */
const CACHE_CONTROL = 'public, max-age=60';

export async function archiveRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<{ Params: { newsletter: string } }>('/archive/:newsletter', async (request, reply) => {
    const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
    if (newsletter?.archive !== 'public') return sendPlainPage(parts, request, reply, 404, 'not-found');
    const page = pageContext(parts, request, newsletter);
    const title = page.say('page.archive.title');
    const body = html`<h1>${title}</h1>${issueList(page, newsletter, await entries(parts.db, newsletter))}
${newsletter.signup === 'open' && subscribeButton(page, newsletter)}`;
    return page.send(reply, { title, body, listed: true });
  });

  app.get<{ Params: { newsletter: string; issue: string } }>(
    '/archive/:newsletter/:issue',
    async (request, reply) => {
      const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
      const hasArchive = newsletter && newsletter.archive !== 'off';
      const edition = hasArchive && (await editionOf(parts.db, newsletter.id, request.params.issue));
      if (!edition) return sendPlainPage(parts, request, reply, 404, 'not-found');
      if (newsletter.archive === 'unlisted') reply.header('x-robots-tag', 'noindex');
      return reply
        .header('cache-control', CACHE_CONTROL)
        .header('content-language', edition.language)
        .type('text/html; charset=utf-8')
        .send(archivePage(edition));
    },
  );
}

/** Issues whose mails have gone out, or that the editor has archived. A cancelled issue may have reached somebody. */
const PUBLISHED = sql<boolean>`(state IN ('sending', 'paused', 'sent', 'archived')
  OR (state = 'cancelled' AND s.sending_since IS NOT NULL)) AND coalesce(c.edition_id, i.edition_id) IS NOT NULL`;
/** The list leaves out cancelled issues. */
const LISTED = sql<boolean>`state <> 'cancelled' AND ${PUBLISHED}`;

/** An issue without a date gets the day on which it began to go out, in the newsletter's time zone. */
/** What was sent, newest first. `limit`: only so many. */
export async function entries(
  db: Db,
  { id, timezone }: Newsletter,
  limit: number | null = null,
): Promise<Entry[]> {
  const { rows } = await sql<Entry>`
    SELECT slug, coalesce(c.title, i.title) AS title,
      coalesce(issue_date, (coalesce(s.sending_since, i.created_at) AT TIME ZONE ${timezone})::date) AS date
    FROM issues i LEFT JOIN sends s ON s.issue_id = i.id LEFT JOIN corrections c ON c.issue_id = i.id WHERE newsletter_id = ${id} AND ${LISTED}
    ORDER BY date DESC, i.id DESC LIMIT ${limit}::int`.execute(db);
  return rows;
}

async function editionOf(db: Db, newsletterId: number, slug: string): Promise<Edition | null> {
  const { rows } = await sql<{ content: Edition }>`
    SELECT e.content FROM issues i LEFT JOIN sends s ON s.issue_id = i.id LEFT JOIN corrections c ON c.issue_id = i.id
      JOIN editions e ON e.id = coalesce(c.edition_id, i.edition_id)
    WHERE i.newsletter_id = ${newsletterId} AND i.slug = ${slug} AND ${PUBLISHED}`.execute(db);
  return rows[0]?.content ?? null;
}

const subscribeButton = ({ link, say }: PageContext, { slug }: Newsletter): Html =>
  html`<p><a class="button" href="${link(subscribeUrl('', slug))}">${say('page.subscribe.button')}</a></p>`;

export function issueList(
  page: PageContext,
  { slug: newsletter }: Newsletter,
  issues: readonly Entry[],
): Html {
  if (issues.length === 0) return html`<p>${page.say('page.archive.none')}</p>`;
  const items = issues.map(
    ({ slug, title, date }) => html`<li><a href="${page.link(archiveUrl('', newsletter, slug))}">${title}
${date && html`<time class="muted" datetime="${date}">${longDate(date, page.language)}</time>`}</a></li>`,
  );
  return html`<ul class="list">${items}</ul>`;
}
