/**
 * Wakes workers for plans and lanes that have work but no worker. This is why the queue may be lost: the ledger still
 * knows everything that the queue forgot.
 */
import type { Db } from '../../../db/connection.ts';
import { idleLanes } from '../../../ledger/lanes/idle-lanes.ts';
import { liveWorkers } from '../../../ledger/workers/leases.ts';
import { PLAN_LANE, wakeLanes } from '../../../sends/wake.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

/** A worker that died may still hold one of a wake-up's two turns. */
const BOTH_TURNS = ['a', 'b'] as const;

export const wakeIdleLanes: HousekeepingService = {
  name: 'wake-idle-lanes',
  periodMs: everySweep,
  async run({ db, wakeUps, log }) {
    const workers = await liveWorkers(db);
    const plans = await openPlans(db);
    for (const issue of plans) await wakeLanes(wakeUps, issue, [PLAN_LANE], 1, BOTH_TURNS);
    const lanes = await idleLanes(db, workers);
    for (const { issue, lane } of lanes) await wakeLanes(wakeUps, issue, [lane], workers, BOTH_TURNS);
    if (plans.length + lanes.length > 0)
      log.debug({ plans: plans.length, lanes: lanes.length }, 'woke workers for work that waits');
  },
};

async function openPlans(db: Db): Promise<number[]> {
  const rows = await db
    .selectFrom('issues')
    .innerJoin('sends', 'sends.issue_id', 'issues.id')
    .select('issues.id')
    .where('issues.state', '=', 'sending')
    .where('sends.plan_done', '=', false)
    .where('sends.plan_on_hold', '=', false)
    .execute();
  return rows.map((row) => row.id);
}
