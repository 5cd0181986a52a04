import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { dropEmptyPartition, ensureDeliveryPartition } from '../../src/db/partitions.ts';
import { limit } from '../helpers/machine.js';
import { insertNewsletter } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();
beforeAll(() => insertNewsletter(db()));
const db = () => database.db;

const issue = (id: number, state: string) =>
  sql`INSERT INTO issues (id, newsletter_id, slug, state, title, language, source, source_name)
    OVERRIDING SYSTEM VALUE VALUES (${id}, 1, ${`i${id}`}, ${state}::issue_state, 't', 'en', '', '')`.execute(
    db(),
  );
const row = (id: number) =>
  db()
    .insertInto('deliveries')
    .values({ issue_id: id, key: 'ada', newsletter_id: 1, email: 'ada', lane: 'other' });

const stands = async (name: string) => {
  const { rows } = await sql<{ found: string | null }>`SELECT to_regclass(${name})::text AS found`.execute(
    db(),
  );
  return rows[0]!.found !== null;
};

test('a partition goes when its hundred issues are made, none is being sent, and nothing is in it; and comes again', async () => {
  await ensureDeliveryPartition(db(), 1_001);
  await issue(1_001, 'sent');
  expect(await dropEmptyPartition(db(), 1_001), 'its hundred are not made').toBe(false);
  await issue(1_101, 'draft');
  await issue(1_002, 'scheduled');
  expect(await dropEmptyPartition(db(), 1_001), 'one is scheduled').toBe(false);
  await sql`UPDATE issues SET state = 'draft' WHERE id = 1002`.execute(db());
  await row(1_001).execute();
  expect(await dropEmptyPartition(db(), 1_050), 'somebody is in it').toBe(false);
  await sql`DELETE FROM deliveries WHERE issue_id = 1001`.execute(db());
  const dropped = await Promise.all([1, 2, 3].map(() => dropEmptyPartition(db(), 1_001)));
  expect(dropped.filter(Boolean)).toHaveLength(1);
  expect(await stands('deliveries_1001')).toBe(false);
  await ensureDeliveryPartition(db(), 1_002);
  await row(1_002).execute();
  expect(await stands('deliveries_1001')).toBe(true);
});

test('while somebody works on the ledger it is left for another time, and holds nobody up for long', async () => {
  await ensureDeliveryPartition(db(), 2_001);
  await issue(2_101, 'draft');
  await db()
    .transaction()
    .execute(async (trx) => {
      await sql`SELECT count(*) FROM deliveries WHERE issue_id = 1`.execute(trx);
      const began = performance.now();
      expect(await dropEmptyPartition(db(), 2_001)).toBe(false);
      expect(performance.now() - began).toBeLessThan(limit(2_000));
    });
  expect(await dropEmptyPartition(db(), 2_001)).toBe(true);
});
