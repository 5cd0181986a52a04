import { expect, test } from 'vitest';
import { tally } from '../../../src/ledger/counts.ts';
import { catchUp } from '../../../src/sends/catch-up.ts';
import { startSending } from '../../../src/sends/start.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { addReaders, draftWithReaders, plan } from '../fixtures.ts';

const database = useTestDatabase();

test('a plan right after an import, before the database has statistics, takes seconds; so does catch-up', async () => {
  const { db } = database;
  const { order, newsletterId } = await draftWithReaders(db, 20_000);
  const wakeUps = { wake: async () => {} } as never;
  await startSending(db, wakeUps, {} as never, { ...order, catchUpSeconds: 3_600 });
  await plan(db, order.issueId);
  await addReaders(db, newsletterId, 20_000, 26_000);
  expect(await catchUp(db)).toEqual(new Map([[order.issueId, 6_000]]));
  expect((await tally(db, order.issueId)).planned).toBe(26_000);
});
