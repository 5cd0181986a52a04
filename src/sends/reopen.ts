/**
 * A send that had ended has work again although nobody opened it: a late reply deferred one of its unknowns. Looked
 * for among those served within the last day, however long ago they ended first: whatever opens one also serves it.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { eachDue, reopenIfSent } from '../issue/state.ts';

/** Returns the issues that this call opened. */
export async function reopenWithWork(db: Db): Promise<number[]> {
  const hasWork = sql`
    i.state = 'sent' AND s.served_at > clock_timestamp() - interval '1 day' AND i.compacting_since IS NULL
    AND (SELECT coalesce(sum(planned + handing + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`;
  return eachDue(db, hasWork, reopenIfSent);
}
