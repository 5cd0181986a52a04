/** The counters that are kept with every move against the rows themselves: they must agree. */
import type { Db } from '../db/connection.ts';
import type { DeliveryState } from '../db/schema.ts';
import { recount, type Tally, tally } from '../ledger/counts.ts';
import { type Counts, countsOf } from './lanes.ts';

export interface Recount {
  /** What the rows say. */
  counts: Counts;
  /** State by state, not only in the sums. */
  agrees: boolean;
}

/** Reads every row of the issue. Of one moment, so it can be asked in the middle of a send. */
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
