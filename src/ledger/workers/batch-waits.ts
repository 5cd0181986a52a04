/** What a running send is waiting for, as reported by its workers. For display only; no code decides by it. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';

export async function noteWait(db: Db, issueId: number, why: string, inMs: number): Promise<void> {
  await sql`
    UPDATE sends SET waits_for = ${why}, waits_until = clock_timestamp() + ${inMs}::float8 * interval '1 millisecond'
    FROM issues i WHERE i.id = ${issueId} AND issue_id = i.id AND i.state = 'sending'
      AND (waits_for IS DISTINCT FROM ${why} OR waits_until < clock_timestamp() + ${inMs - 1_000}::float8 * interval '1 millisecond')`.execute(
    db,
  );
}

export async function endWait(db: Db, issueId: number): Promise<void> {
  await sql`UPDATE sends SET waits_for = NULL, waits_until = NULL WHERE issue_id = ${issueId} AND waits_for IS NOT NULL`.execute(
    db,
  );
}
