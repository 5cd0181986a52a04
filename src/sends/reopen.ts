/**
 * A send that had ended can get work again without anybody reopening it: a late reply defers one of its unknowns. We
 * only check sends that were served within the last day, however long ago they first ended, because whatever gives a
 * send work also counts as serving it.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { eachDue, reopenIfSent } from '../issue/state.ts';

/** Returns the issues that this call reopened. */
export async function reopenWithWork(db: Db): Promise<number[]> {
  const hasWork = sql`
    i.state = 'sent' AND s.served_at > clock_timestamp() - interval '1 day' AND i.compacting_since IS NULL
    AND (SELECT coalesce(sum(planned + handing + deferred), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`;
  return eachDue(db, hasWork, reopenIfSent);
}
