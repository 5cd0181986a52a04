/** Turns ledgers that nobody needs person by person any more into counts, and drops the tables that this empties. */
import type { Db } from '../../../db/connection.ts';
import { dropEmptyPartition } from '../../../db/partitions.ts';
import { beginCompacting, compactPage, issuesToCompact } from '../../../ledger/compact.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

/** Per sweep: a large ledger must not hold up the services that sends wait for. The next sweep continues with it. */
const TIME_BUDGET_MS = 1_000;

/** Runs with every sweep, in small steps: at one step every ten minutes a large ledger would take days. */
export const compactLedgers: HousekeepingService = {
  name: 'compact-ledgers',
  periodMs: everySweep,
  async run(context) {
    const { db, clock } = context;
    const until = clock.monotonic() + TIME_BUDGET_MS;
    const hasTime = () => clock.monotonic() < until;
    for (const issue of await issuesToCompact(db)) {
      if (!hasTime()) return;
      if (await compactIssue(db, issue, hasTime))
        await logIssues(context, 'info', [issue], 'compacted the ledger of an issue to counts');
    }
  },
};

/** True when its ledger is compacted; false when it may not be, or `hasTime` says that the time is used up. */
export async function compactIssue(
  db: Db,
  issueId: number,
  hasTime: () => boolean = () => true,
): Promise<boolean> {
  if (!(await beginCompacting(db, issueId))) return false;
  do {
    const empty = await compactPage(db, issueId);
    if (empty === null) return false;
    if (empty) {
      await dropEmptyPartition(db, issueId);
      return true;
    }
  } while (hasTime());
  return false;
}
