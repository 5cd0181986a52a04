import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { reopenedSends } from '../../../../src/delivery/housekeeping/sends/reopened-sends.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { issueRow } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('a sent issue with something deferred sends again', async () => {
  const { issue } = await plannedIssue(db(), 1);
  await sql`UPDATE deliveries SET state = 'deferred', due_at = clock_timestamp() WHERE issue_id = ${issue}`.execute(
    db(),
  );
  await sql`UPDATE issues SET state = 'sent' WHERE id = ${issue}`.execute(db());
  const { context, lines } = makeContext(db());
  await reopenedSends.run(context);
  expect((await issueRow(db(), issue)).state).toBe('sending');
  expect(lines).toMatchObject([{ level: 'info', text: 'a send has work again' }]);
});
