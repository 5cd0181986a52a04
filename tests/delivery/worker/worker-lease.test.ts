import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { WorkerLease } from '../../../src/delivery/worker/worker-lease.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();

test('a heartbeat keeps the lease; one that was ended is taken anew, and the signal of the old one aborts', async () => {
  const { db } = database;
  const lease = await WorkerLease.take(db, 'w', 60_000);
  const first = lease.current;
  expect(await lease.renew()).toBe(true);
  expect([lease.id, first.lost.aborted]).toEqual([first.id, false]);
  await sql`UPDATE workers SET ended_at = clock_timestamp() WHERE id = ${first.id}`.execute(db);
  expect(await lease.renew()).toBe(false);
  expect(lease.id).toBeGreaterThan(first.id);
  expect([first.lost.aborted, lease.current.lost.aborted]).toEqual([true, false]);
});
