/** A cancelled send: those that still wait become skipped, in pages, so that no statement locks a million rows. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';

const PAGE = 5_000;

/** Moves every waiting delivery of the issue to `skipped`. Returns how many. */
export async function skipWaitingOf(db: Db, issueId: number, reason: string): Promise<number> {
  let moved = 0;
  for (let after = 0; ; ) {
    const { rows } = await sql<{ n: number; last: number | null }>`
      WITH page AS (
        SELECT id FROM deliveries WHERE issue_id = ${issueId} AND id > ${after} ORDER BY id LIMIT ${PAGE}
      ), skipped AS (
        UPDATE deliveries d SET state = 'skipped', reason = ${reason}, due_at = NULL, moved_at = clock_timestamp()
        FROM page WHERE d.issue_id = ${issueId} AND d.id = page.id AND d.state IN ('planned', 'deferred')
        RETURNING d.id
      )
      SELECT (SELECT count(*) FROM skipped)::int AS n, (SELECT max(id) FROM page) AS last`.execute(db);
    const page = rows[0]!;
    moved += page.n;
    if (page.last === null) return moved;
    after = page.last;
  }
}
