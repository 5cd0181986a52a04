import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { erasedPeople } from '../../../../src/delivery/housekeeping/recovery/erased-people.ts';
import { anonymizeDeliveries } from '../../../../src/ledger/anonymize.ts';
import { registerWorker } from '../../../../src/ledger/workers/leases.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf, settle, store } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('whoever was erased while their mail was on the wire leaves the ledger once it has settled', async () => {
  const { issue, people } = await plannedIssue(db(), 1);
  const worker = await registerWorker(db(), 'w', 60_000);
  const [row] = await rowsOf(db(), issue);
  await mark(db(), issue, worker, row!.id);
  const person = { identity: row!.key, subscriberId: people[0]!, key: 'hash' };
  await db()
    .transaction()
    .execute((trx) => anonymizeDeliveries(trx, person));
  const { context } = makeContext(db());
  const address = async () => {
    await erasedPeople.run(context);
    const { rows } = await sql<{ key: string; email: string }>`
      SELECT key, email FROM deliveries WHERE issue_id = ${issue}`.execute(db());
    return rows[0];
  };
  expect(await address()).toMatchObject({ key: row!.key });
  await store(db(), issue, worker, settle(row!.id, 1));
  expect(await address()).toEqual({ key: 'hash', email: '' });
});
