import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelledSends } from '../../../../src/delivery/housekeeping/sends/cancelled-sends.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('what still waits of a cancelled send is skipped, by name, and said once', async () => {
  const { issue } = await plannedIssue(db(), 3);
  await sql`UPDATE issues SET state = 'cancelled' WHERE id = ${issue}`.execute(db());
  const { context, lines } = makeContext(db());
  for (let run = 0; run < 2; run += 1) await cancelledSends.run(context);
  expect((await rowsOf(db(), issue)).map(({ state, reason }) => [state, reason])).toEqual(
    Array(3).fill(['skipped', 'cancelled']),
  );
  expect(lines).toMatchObject([{ level: 'info', skipped: 3 }]);
});
