/** Compares the counters, which every move updates, with the rows themselves. They must agree. */
import type { Db } from '../db/connection.ts';
import type { DeliveryState } from '../db/schema.ts';
import { recount, type Tally, tally } from '../ledger/counts.ts';
import { type Counts, countsOf } from './lanes.ts';

export interface Recount {
  /** Counted from the rows. */
  counts: Counts;
  /** In every state, not only in the sums. */
  agrees: boolean;
}

/** Reads every row of the issue in one snapshot, so it may be called in the middle of a send. */
export async function recounted(db: Db, issueId: number): Promise<Recount> {
  const [kept, counted] = await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(
      async (trx): Promise<[Tally, Tally]> => [await tally(trx, issueId), await recount(trx, issueId)],
    );
  const states = Object.keys(counted) as DeliveryState[];
  return { counts: countsOf(counted), agrees: states.every((state) => kept[state] === counted[state]) };
}
