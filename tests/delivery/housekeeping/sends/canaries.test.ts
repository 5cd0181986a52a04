import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { canaries } from '../../../../src/delivery/housekeeping/sends/canaries.ts';
import { startSending } from '../../../../src/sends/start.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { draftWithReaders, issueRow, plan } from '../../fixtures.ts';
import { type Fixture, makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

/** A canary of two people that have their answers. */
async function answered({ context }: Fixture, waitSeconds: number | null): Promise<number> {
  const { order } = await draftWithReaders(db(), 4);
  const canary = { first: { people: 2 }, waitSeconds };
  await startSending(db(), context.wakeUps, context.log, { ...order, canary });
  await plan(db(), order.issueId);
  await sql`UPDATE deliveries SET state = 'accepted', attempts = 1 WHERE issue_id = ${order.issueId}`.execute(
    db(),
  );
  return order.issueId;
}

test('a canary with its answers waits, and then the send goes on; without a wait it asks', async () => {
  const fixture = makeContext(db());
  const waits = await answered(fixture, 600);
  const asks = await answered(fixture, null);
  await canaries.run(fixture.context);
  expect(await issueRow(db(), waits)).toMatchObject({ state: 'sending', plan_on_hold: true });
  expect(await issueRow(db(), asks)).toMatchObject({ state: 'paused', paused_by: 'postrider' });
  await sql`UPDATE sends SET canary_settled_at = canary_settled_at - interval '600 seconds'`.execute(db());
  await canaries.run(fixture.context);
  expect(await issueRow(db(), waits)).toMatchObject({ state: 'sending', plan_on_hold: false });
  expect(fixture.lines.map(({ text }) => text)).toEqual([
    'all of a canary has been tried; its wait begins',
    'all of a canary has been tried; a person must resume the send',
    'a canary is over; the send goes on',
  ]);
});
