import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { deadWorkers } from '../../../../src/delivery/housekeeping/recovery/dead-workers.ts';
import { leaseBatch } from '../../../../src/ledger/lease.ts';
import { registerWorker } from '../../../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('what a dead worker was handing over is unknown, the rest of its batch is free, and a live worker is left alone', async () => {
  const { issue } = await plannedIssue(db(), 3);
  const dead = await registerWorker(db(), 'dead', 60_000);
  const alive = await registerWorker(db(), 'alive', 60_000);
  const batch = await leaseBatch(db(), { issueId: issue, lane: 'other', workerId: dead, size: 2 });
  await leaseBatch(db(), { issueId: issue, lane: 'other', workerId: alive, size: 1 });
  await mark(db(), issue, dead, batch!.deliveries[0]!.id);
  await sql`UPDATE workers SET lease_until = clock_timestamp() - interval '1 second' WHERE id = ${dead}`.execute(
    db(),
  );
  const { context, lines } = makeContext(db());
  await deadWorkers.run(context);
  expect((await rowsOf(db(), issue)).map(({ state, due }) => [state, due])).toEqual([
    ['unknown', false],
    ['planned', true],
    ['planned', false],
  ]);
  expect(lines).toEqual([
    { level: 'warn', text: 'ended the leases of workers that sent no heartbeat', ended: 1, unknown: 1 },
  ]);
});
