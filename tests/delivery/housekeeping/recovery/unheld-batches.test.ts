import { expect, test } from 'vitest';
import { unheldBatches } from '../../../../src/delivery/housekeeping/recovery/unheld-batches.ts';
import { HeldBatches } from '../../../../src/delivery/worker/held-batches.ts';
import { leaseBatch } from '../../../../src/ledger/lease.ts';
import { registerWorker } from '../../../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('a batch that the worker does not know of is given back, and one that it holds is not', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const workerId = await registerWorker(db(), 'w', 60_000);
  const batches = new HeldBatches();
  const lease = () => leaseBatch(db(), { issueId: issue, lane: 'other', workerId, size: 1 });
  const held = await batches.hold(lease());
  await lease();
  const { context, lines } = makeContext(db(), { batches, workerId: () => workerId });
  await unheldBatches.run(context);
  expect(await db().selectFrom('batches').select('id').execute()).toEqual([{ id: held!.id }]);
  expect(lines).toEqual([
    { level: 'warn', text: 'gave back batches that this worker did not know it had leased', batches: 1 },
  ]);
});
