import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ConnectionLimit, type ConnectionSlot } from '../../../src/delivery/relay/connection-limit.ts';
import { openLog } from '../../../src/io/log.ts';
import { registerWorker } from '../../../src/ledger/workers/leases.ts';
import { until } from '../../helpers/until.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();
const db = () => database.db;

async function worker(relay: string, limit: number) {
  const id = await registerWorker(db(), 'w', 600_000);
  const lease = { id };
  const connections = new ConnectionLimit(relay, {
    db: db(),
    log: openLog('silent'),
    workerId: () => lease.id,
  });
  const heartbeat = () => connections.set(limit, 1);
  heartbeat();
  return { connections, lease, heartbeat };
}

const counted = async (relay: string) => {
  const { rows } = await sql<{ n: number }>`
    SELECT coalesce(sum(connections), 0)::int AS n FROM relay_workers WHERE relay = ${relay}`.execute(db());
  return rows[0]!.n;
};

async function whileAway(act: () => Promise<unknown>): Promise<void> {
  await sql`ALTER TABLE relay_workers RENAME TO away`.execute(db());
  await act().finally(() => sql`ALTER TABLE away RENAME TO relay_workers`.execute(db()));
}

test('two workers that claim at once get the limit between them, and what is left is free', async () => {
  const two = [await worker('busy', 5), await worker('busy', 5)];
  const claims = two.flatMap(({ connections }) => Array.from({ length: 8 }, () => connections.claim()));
  const held = (await Promise.all(claims)).filter((slot): slot is ConnectionSlot => slot !== null);
  expect(held).toHaveLength(5);
  expect(await counted('busy')).toBe(5);
  for (const slot of held) slot.release();
  await until('all are given back', async () => (await counted('busy')) === 0);
});

test('connections that were left while the database was away are free again: here at once, elsewhere with a heartbeat', async () => {
  const [here, elsewhere] = [await worker('cut', 2), await worker('cut', 2)];
  const held = [await here.connections.claim(), await here.connections.claim()];
  await whileAway(async () => {
    for (const slot of held) slot!.release();
    await expect(here.connections.claim()).rejects.toThrow();
  });
  expect([await here.connections.any(), await elsewhere.connections.any()]).toEqual([true, false]);
  here.heartbeat();
  await until('another may have them', () => elsewhere.connections.any());
  expect(await counted('cut')).toBe(0);
  expect([await here.connections.claim(), await elsewhere.connections.claim()]).not.toContain(null);
});

test('a claim of which nobody knows whether it was written keeps no slot', async () => {
  const one = await worker('doubt', 2);
  await one.connections.claim();
  await sql`UPDATE relay_workers SET connections = 2 WHERE relay = 'doubt'`.execute(db());
  expect(await one.connections.claim()).not.toBeNull();
  expect(await one.connections.claim()).toBeNull();
  expect(await counted('doubt')).toBe(2);
});

test('a slot under a lease that is lost is closed after its message, and is not counted under the new one', async () => {
  const one = await worker('lost', 2);
  const old = (await one.connections.claim())!;
  expect(old.isSurplus()).toBe(false);
  one.lease.id = await registerWorker(db(), 'w', 600_000);
  expect(old.isSurplus()).toBe(true);
  const fresh = (await one.connections.claim())!;
  old.release();
  expect(fresh.isSurplus()).toBe(false);
  fresh.release();
  await until('the new lease holds none', async () => {
    const { rows } =
      await sql`SELECT FROM relay_workers WHERE worker_id = ${one.lease.id} AND connections = 0`.execute(
        db(),
      );
    return rows.length === 1;
  });
});
