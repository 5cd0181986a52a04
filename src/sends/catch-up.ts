/** Plans people who confirmed after an issue's moment T: for every issue with catch-up, and for the latest of some newsletters. */
import type { Db } from '../db/connection.ts';
import { catchUpPage, issuesToCatchUp } from '../ledger/catch-up.ts';
import { readLanes } from '../ledger/lanes/lanes.ts';

/** Returns how many late-comers were planned, per issue. The sweep wakes workers for their lanes. */
export async function catchUp(db: Db): Promise<Map<number, number>> {
  const late = new Map<number, number>();
  for (const issue of await issuesToCatchUp(db)) {
    const planned = await catchUpIssue(db, issue);
    if (planned > 0) late.set(issue.id, (late.get(issue.id) ?? 0) + planned);
  }
  return late;
}

/** Page by page, so that people who unsubscribe never wait long for the planning lock. */
async function catchUpIssue(db: Db, issue: Parameters<typeof catchUpPage>[1]): Promise<number> {
  let planned = 0;
  const lanes = await readLanes(db);
  for (let after = 0; ; ) {
    const page = await catchUpPage(db, issue, lanes, after);
    planned += page.planned;
    if (page.last === null) return planned;
    after = page.last;
  }
}
