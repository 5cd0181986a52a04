/** Issues in the database: found by `newsletter/slug` or by id. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { IssueState } from '../db/schema.ts';
import { Refused } from '../errors.ts';

export interface FoundIssue {
  id: number;
  newsletterId: number;
  /** The newsletter's slug. */
  newsletter: string;
  slug: string;
  /** `newsletter/slug`, as commands take and print it. */
  name: string;
  state: IssueState;
  title: string;
  /** `YYYY-MM-DD` */
  date: string | null;
  language: string;
  source: string;
  sourceName: string;
  media: Record<string, string>;
  links: Record<string, string>;
  editionId: number | null;
  compactingSince: Date | null;
  compactedAt: Date | null;
  /**
   * About its send: the relays it goes through, whether it goes to the built-in inbox, and when it began. Null without
   * a send.
   */
  route: string | null;
  rehearsal: boolean | null;
  sendingSince: Date | null;
}

const foundColumns = [
  'issues.id',
  'issues.newsletter_id as newsletterId',
  'newsletters.slug as newsletter',
  'issues.slug',
  'issues.state',
  'issues.title',
  'issues.issue_date as date',
  'issues.language',
  'issues.source',
  'issues.source_name as sourceName',
  'issues.media',
  'issues.links',
  'issues.edition_id as editionId',
  'issues.compacting_since as compactingSince',
  'issues.compacted_at as compactedAt',
  'sends.route',
  'sends.rehearsal',
  'sends.sending_since as sendingSince',
] as const;

/** `reference`: `weekly/2026-11-23`, or the id. Throws Refused('unknown-issue') with the way to a list. */
export async function findIssue(db: Db, reference: string): Promise<FoundIssue> {
  const query = db
    .selectFrom('issues')
    .innerJoin('newsletters', 'newsletters.id', 'issues.newsletter_id')
    .leftJoin('sends', 'sends.issue_id', 'issues.id')
    .select(foundColumns);
  const slash = reference.indexOf('/');
  const row = await (/^\d+$/.test(reference)
    ? query.where('issues.id', '=', Number(reference))
    : query
        .where('newsletters.slug', '=', reference.slice(0, slash))
        .where('issues.slug', '=', reference.slice(slash + 1))
  ).executeTakeFirst();
  if (row) return { ...row, name: `${row.newsletter}/${row.slug}` };
  throw new Refused(
    'unknown-issue',
    `there is no issue "${reference}"; expected newsletter/slug or an id, see postrider issue list`,
  );
}

/** Whether the archive has a page of an issue, because mails of it are out or it was imported to the archive. */
export async function hasPage(db: Db, newsletterId: number, slug: string): Promise<boolean> {
  const row = await db
    .selectFrom('issues')
    .select('id')
    .where('newsletter_id', '=', newsletterId)
    .where('slug', '=', slug)
    .where('state', 'in', ['sending', 'paused', 'sent', 'archived'])
    .where('edition_id', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

export interface ListedIssue {
  id: number;
  name: string;
  state: string;
  title: string;
  date: string | null;
  /** Planned so far; null for what was never sent. */
  audience: number | null;
  /** When it will be sent, began to be sent, or was sent, depending on its state. */
  at: Date | null;
  /** When its page on the web was last corrected; null for one that shows what was sent. */
  correctedAt: Date | null;
  /** The newsletter's, IANA. */
  timezone: string;
}

/** Newest first. */
export async function listIssues(db: Db, newsletter: string | null): Promise<ListedIssue[]> {
  const query = db
    .selectFrom('issues')
    .innerJoin('newsletters', 'newsletters.id', 'issues.newsletter_id')
    .leftJoin('sends', 'sends.issue_id', 'issues.id')
    .leftJoin('corrections', 'corrections.issue_id', 'issues.id')
    .select([
      'issues.id',
      'issues.slug',
      'newsletters.slug as newsletter',
      'issues.state',
      'issues.title',
      'issues.issue_date',
      'newsletters.timezone',
      'corrections.corrected_at',
      sql<Date | null>`coalesce(sends.sent_at, sends.sending_since, sends.scheduled_at)`.as('at'),
      sql<number | null>`(SELECT sum(n)::bigint FROM (
        SELECT planned + handing + deferred + accepted + refused + skipped + unknown AS n
          FROM tallies WHERE issue_id = issues.id
        UNION ALL SELECT count FROM compacted_counts WHERE issue_id = issues.id) counted)`.as('audience'),
    ])
    .orderBy('issues.id', 'desc');
  const rows = await (newsletter === null
    ? query
    : query.where('newsletters.slug', '=', newsletter)
  ).execute();
  return rows.map((row) => ({
    id: row.id,
    name: `${row.newsletter}/${row.slug}`,
    state: row.state,
    title: row.title,
    date: row.issue_date,
    audience: row.audience,
    at: row.at,
    correctedAt: row.corrected_at,
    timezone: row.timezone,
  }));
}
