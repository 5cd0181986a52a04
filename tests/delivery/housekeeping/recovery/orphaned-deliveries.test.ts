import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { orphanedDeliveries } from '../../../../src/delivery/housekeeping/recovery/orphaned-deliveries.ts';
import { registerWorker } from '../../../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('a mark that belongs to no batch is unknown when a lease has passed, and not before', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const worker = await registerWorker(db(), 'w', 60_000);
  const [old, fresh] = await rowsOf(db(), issue);
  for (const { id } of [old!, fresh!]) await mark(db(), issue, worker, id);
  const { context, lines } = makeContext(db());
  await sql`UPDATE deliveries SET moved_at = clock_timestamp() - ${context.times.leaseMs} * interval '1 millisecond'
    WHERE issue_id = ${issue} AND id = ${old!.id}`.execute(db());
  await orphanedDeliveries.run(context);
  expect((await rowsOf(db(), issue)).map(({ state, reason }) => [state, reason])).toEqual([
    ['unknown', 'worker-died'],
    ['handing', null],
  ]);
  expect(lines).toMatchObject([{ level: 'warn', unknown: 1 }]);
});
