/** Stores an imported issue: idempotent by newsletter and slug, and changes only drafts. */

import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { IssueState } from '../db/schema.ts';
import { Refused } from '../errors.ts';
import type { Document } from './document/document.ts';
import { hashesOf, type Medium, sameMedia, storeMedia } from './media/store.ts';
import { moveIssue } from './state.ts';
import { sameLinks } from './targets/site-links.ts';

interface IssueToStore {
  newsletterId: number;
  slug: string;
  source: string;
  sourceName: string;
  document: Document;
  /** The pictures to store, by the address as written. */
  media: ReadonlyMap<string, Medium>;
  /** The addresses of links to pages of the site: as written -> address. */
  links?: Readonly<Record<string, string>>;
  /** Straight to the archive, never sent. */
  archived: boolean;
  /** Allows replacing a draft whose title and date both differ. */
  replace: boolean;
}

export type Change = 'created' | 'updated' | 'unchanged';

export async function importIssue(
  db: Db,
  what: IssueToStore,
): Promise<{ id: number; change: Change; state: IssueState }> {
  return db.transaction().execute(async (trx) => {
    await storeMedia(trx, what.media.values());
    const columns = {
      title: what.document.title,
      issue_date: what.document.date,
      language: what.document.language,
      source: what.source,
      source_name: what.sourceName,
      media: JSON.stringify(hashesOf(what.media)),
      links: JSON.stringify(what.links ?? {}),
    };
    const state = what.archived ? ('archived' as const) : ('draft' as const);
    const created = await trx
      .insertInto('issues')
      .values({ newsletter_id: what.newsletterId, slug: what.slug, state, ...columns })
      .onConflict((conflict) => conflict.columns(['newsletter_id', 'slug']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (created) return { id: created.id, change: 'created', state };
    return update(trx, what, columns);
  });
}

type Columns = {
  title: string;
  issue_date: string | null;
  language: string;
  source: string;
  source_name: string;
  media: string;
  links: string;
};

async function update(
  trx: Trx,
  what: IssueToStore,
  columns: Columns,
): Promise<{ id: number; change: Change; state: IssueState }> {
  const before = await trx
    .selectFrom('issues')
    .select(['id', 'state', 'title', 'issue_date', 'source', 'media', 'links'])
    .where('newsletter_id', '=', what.newsletterId)
    .where('slug', '=', what.slug)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const isSame = (one: { source: string; media: Record<string, string> }): boolean =>
    one.source === columns.source && sameMedia(one.media, JSON.parse(columns.media));
  const isBefore = isSame(before) && sameLinks(before.links, JSON.parse(columns.links));
  const same = isBefore || (await correctionsOf(trx, before.id)).some(isSame);
  if (same && !(what.archived && before.state === 'draft'))
    return { id: before.id, change: 'unchanged', state: before.state };
  if (before.state !== 'draft') throw notADraft(what.slug, before.state);
  if (!what.replace && before.title !== columns.title && before.issue_date !== columns.issue_date)
    throw new Refused(
      'another-issue',
      `the draft "${what.slug}" has another title and another date ("${before.title}", ${before.issue_date ?? 'no date'}; the file says "${columns.title}", ${columns.issue_date ?? 'no date'}): give this one its own --slug, or --replace the draft`,
    );
  await trx
    .updateTable('issues')
    .set({ ...columns, updated_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', before.id)
    .execute();
  if (!what.archived) return { id: before.id, change: 'updated', state: before.state };
  await moveIssue(trx, before.id, 'archive');
  return { id: before.id, change: 'updated', state: 'archived' };
}

/** None or one. A corrected file may stay among the files that are imported again and again. */
const correctionsOf = (trx: Trx, issueId: number) =>
  trx.selectFrom('corrections').select(['source', 'media']).where('issue_id', '=', issueId).execute();

function notADraft(slug: string, state: IssueState): Refused {
  const ways: Partial<Record<IssueState, string>> = {
    scheduled: 'cancel it first, then import again',
    sending: 'what is being sent is frozen; import a correction under another slug',
    paused: 'what is being sent is frozen; resume or cancel it',
    sent: 'it was sent; issue correct changes its page on the web, and a correction under another slug tells its readers (a rehearsal can be made a draft again with issue reset)',
    archived: 'issue correct changes its page on the web',
  };
  return new Refused(
    'issue-not-draft',
    `"${slug}" is ${state}: ${ways[state] ?? 'import under another slug'}`,
  );
}
