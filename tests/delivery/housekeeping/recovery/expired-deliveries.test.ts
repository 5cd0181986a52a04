import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { expiredDeliveries } from '../../../../src/delivery/housekeeping/recovery/expired-deliveries.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('what was deferred for longer than the limit is skipped, by name', async () => {
  const { issue } = await plannedIssue(db(), 2);
  const { context } = makeContext(db());
  const [old] = await rowsOf(db(), issue);
  const longAgo = sql`clock_timestamp() - ${context.times.expireMs + 1_000} * interval '1 millisecond'`;
  await sql`UPDATE sends SET sending_since = ${longAgo} WHERE issue_id = ${issue}`.execute(db());
  await sql`UPDATE deliveries SET state = 'deferred', attempts = 1, due_at = clock_timestamp(), first_attempt_at =
    CASE WHEN id = ${old!.id} THEN ${longAgo} ELSE clock_timestamp() END WHERE issue_id = ${issue}`.execute(
    db(),
  );
  await expiredDeliveries.run(context);
  expect((await rowsOf(db(), issue)).map(({ state, reason }) => [state, reason])).toEqual([
    ['skipped', 'expired'],
    ['deferred', null],
  ]);
});
