import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { expiredIssues } from '../../../../src/delivery/housekeeping/sends/expired-issues.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('an issue that has expired goes to nobody else', async () => {
  const [over, going] = [await plannedIssue(db(), 2), await plannedIssue(db(), 1)];
  await sql`UPDATE sends SET expires_at = clock_timestamp() + CASE issue_id WHEN ${over.issue} THEN interval '0' ELSE interval '1 hour' END
    WHERE issue_id IN (${over.issue}, ${going.issue})`.execute(db());
  const { context, lines } = makeContext(db());
  await expiredIssues.run(context);
  const reasons = async (issue: number) => (await rowsOf(db(), issue)).map(({ reason }) => reason);
  expect([await reasons(over.issue), await reasons(going.issue)]).toEqual([['expired', 'expired'], [null]]);
  expect(lines).toMatchObject([{ level: 'info', skipped: 2 }]);
});
