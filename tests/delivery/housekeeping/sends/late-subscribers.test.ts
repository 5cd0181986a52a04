import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { lateSubscribers } from '../../../../src/delivery/housekeeping/sends/late-subscribers.ts';
import { startSending } from '../../../../src/sends/start.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { addReaders, draftWithReaders, plan } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('whoever confirms within the hours of catch-up is planned, once', async () => {
  const { context, lines } = makeContext(db());
  const { order, newsletterId } = await draftWithReaders(db(), 2);
  await startSending(db(), context.wakeUps, context.log, { ...order, catchUpSeconds: 3_600 });
  await plan(db(), order.issueId);
  await addReaders(db(), newsletterId, 2, 5);
  for (let run = 0; run < 2; run += 1) await lateSubscribers.run(context);
  const { rows } = await sql`SELECT FROM deliveries WHERE issue_id = ${order.issueId}`.execute(db());
  expect(rows).toHaveLength(5);
  expect(lines).toMatchObject([
    { level: 'info', text: 'planned people who confirmed after the send', planned: 3 },
  ]);
});
