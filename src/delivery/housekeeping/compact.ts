/** Thins ledgers whose time is over, a while at a time, and gives the room of a hundred thinned issues back. */
import type { Db } from '../../db/connection.ts';
import { dropEmptyPartition } from '../../db/partitions.ts';
import { beginThinning, issuesToThin, thinPage } from '../../ledger/compact.ts';
import type { Clock } from '../../ports.ts';

/** Of a sweep: housekeeping must not keep a worker from its sends. */
const SLICE_MS = 1_000;

/** Returns the issues that this call ended. What it had no time for, the next sweep goes on with. */
export async function thinDue(db: Db, clock: Clock): Promise<number[]> {
  const until = clock.monotonic() + SLICE_MS;
  const done: number[] = [];
  for (const issue of await issuesToThin(db)) {
    if (clock.monotonic() >= until) break;
    if (await thinIssue(db, issue, () => clock.monotonic() < until)) done.push(issue);
  }
  return done;
}

/** True when its ledger is thinned; false when it may not be, or `more` has said that there is no time. */
export async function thinIssue(db: Db, issueId: number, more: () => boolean = () => true): Promise<boolean> {
  if (!(await beginThinning(db, issueId))) return false;
  do {
    const empty = await thinPage(db, issueId);
    if (empty === null) return false;
    if (empty) {
      await dropEmptyPartition(db, issueId);
      return true;
    }
  } while (more());
  return false;
}
