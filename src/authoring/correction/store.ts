/**
 * A correction is another edition of an issue that is out, for its page on the web alone. The edition that was frozen
 * for sending, the ledger, its counters and the issue's state stay as they are, so that retries and mails resent after
 * an unknown outcome carry what everybody else got.
 */
import type { Db, Trx } from '../../db/connection.ts';
import type { IssueState } from '../../db/schema.ts';
import { Refused } from '../../errors.ts';
import { hashesOf, type Medium, storeMedia } from '../../issue/media/store.ts';
import { writeAudit } from '../../ledger/audit-log.ts';
import type { Edition } from '../../render/edition/edition.ts';

export interface Correction {
  issueId: number;
  /** For the audit log, e.g. `cli`. */
  who: string;
  /** For messages: `weekly/2026-11-23`. */
  name: string;
  source: string;
  sourceName: string;
  title: string;
  /** The pictures to store, by the address as written. */
  media: ReadonlyMap<string, Medium>;
  /** What the page tells its readers about the correction. */
  note: string | null;
  edition: Edition;
  at: Date;
}

/** What the page of an issue shows today. */
export interface PageOnWeb {
  source: string;
  media: Record<string, string>;
  note: string | null;
  /** Null: it was never corrected. */
  correctedAt: Date | null;
}

export async function pageOnWeb(db: Db, issueId: number): Promise<PageOnWeb> {
  return db
    .selectFrom('issues')
    .leftJoin('corrections', 'corrections.issue_id', 'issues.id')
    .select((row) => [
      row.fn.coalesce('corrections.source', 'issues.source').as('source'),
      row.fn.coalesce('corrections.media', 'issues.media').as('media'),
      'corrections.note',
      'corrections.corrected_at as correctedAt',
    ])
    .where('issues.id', '=', issueId)
    .executeTakeFirstOrThrow();
}

/** Throws Refused('issue-not-out') for an issue that has no page on the web yet, or never will. */
export function refuseNotOut(name: string, issue: { state: IssueState; sendingSince: Date | null }): void {
  const ways: Partial<Record<IssueState, string>> = {
    draft: 'nobody has it yet, so there is nothing to correct: fix the file and import it again',
    scheduled: 'nobody has it yet: cancel it first, then fix the file and import it again',
    ...(issue.sendingSince === null && {
      cancelled: 'it never began to be sent, so it has no page: import the fixed file under another slug',
    }),
  };
  const way = ways[issue.state];
  if (way !== undefined)
    throw new Refused('issue-not-out', `${name} is ${issue.state}: ${way}; nothing was changed`);
}

/** Replaces an earlier correction. All in one transaction, on the locked issue. */
export async function storeCorrection(db: Db, correction: Correction): Promise<void> {
  const { issueId, who, name, edition, media } = correction;
  await db.transaction().execute(async (trx) => {
    const issue = await trx
      .selectFrom('issues')
      .leftJoin('sends', 'sends.issue_id', 'issues.id')
      .select(['issues.state', 'sends.sending_since as sendingSince'])
      .where('issues.id', '=', issueId)
      .forNoKeyUpdate('issues')
      .executeTakeFirstOrThrow();
    refuseNotOut(name, issue);
    await storeMedia(trx, media.values());
    await replace(trx, correction);
    const details = { edition: edition.hash };
    await writeAudit(trx, { who, act: 'page-corrected', issueId, details });
  });
}

async function replace(trx: Trx, correction: Correction): Promise<void> {
  const { issueId, edition, source, sourceName, title, media, note, at } = correction;
  const earlier = await trx
    .deleteFrom('corrections')
    .where('issue_id', '=', issueId)
    .returning('edition_id')
    .execute();
  for (const { edition_id } of earlier)
    await trx.deleteFrom('editions').where('id', '=', edition_id).execute();
  const { id } = await trx
    .insertInto('editions')
    .values({ hash: edition.hash, content: JSON.stringify(edition) })
    .returning('id')
    .executeTakeFirstOrThrow();
  const row = {
    issue_id: issueId,
    edition_id: id,
    corrected_at: at,
    note,
    title,
    source,
    source_name: sourceName,
  };
  await trx
    .insertInto('corrections')
    .values({ ...row, media: JSON.stringify(hashesOf(media)) })
    .execute();
}
