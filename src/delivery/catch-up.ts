/** Plans, for every issue that wants it, those who confirmed after its moment T. */
import type { Db } from '../db/connection.ts';
import { catchUpPage, issuesToCatchUp } from '../ledger/catch-up.ts';
import { builtInLanes } from './lanes.ts';

/** Returns how many came late, per issue. The sweeper rings their lanes. */
export async function catchUp(db: Db): Promise<Map<number, number>> {
  const late = new Map<number, number>();
  for (const issue of await issuesToCatchUp(db)) {
    const { planned } = await catchUpPage(db, issue, builtInLanes);
    if (planned > 0) late.set(issue, planned);
  }
  return late;
}
