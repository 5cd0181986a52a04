import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { wakeIdleLanes } from '../../../../src/delivery/housekeeping/recovery/wake-idle-lanes.ts';
import { leaseBatch } from '../../../../src/ledger/lease.ts';
import { registerWorker } from '../../../../src/ledger/workers/leases.ts';
import { PLAN_LANE } from '../../../../src/sends/wake.ts';
import { insertNewsletter } from '../../../helpers/rows.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeIssue, plannedIssue } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('however empty the queue is, the ledger wakes every lane with work and every open plan, and no lane without', async () => {
  const worker = await registerWorker(db(), 'w', 60_000);
  const waits = await plannedIssue(db(), 3);
  const held = await plannedIssue(db(), 3);
  await leaseBatch(db(), { issueId: held.issue, lane: 'other', workerId: worker, size: 3 });
  const done = await plannedIssue(db(), 3);
  await sql`UPDATE issues SET state = 'sent' WHERE id = ${done.issue}`.execute(db());
  const unplanned = await makeIssue(db(), await insertNewsletter(db()));
  const { context, woken, lines } = makeContext(db());
  await wakeIdleLanes.run(context);
  const both = (issue: number, lane: string) =>
    ['a', 'b'].map((turn) => ({ v: 1, issue, lane, slot: 0, turn }));
  expect(woken).toEqual([...both(unplanned, PLAN_LANE), ...both(waits.issue, 'other')]);
  expect(lines).toMatchObject([{ level: 'debug', plans: 1, lanes: 1 }]);
});
