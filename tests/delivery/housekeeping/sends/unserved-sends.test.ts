import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { unservedSends } from '../../../../src/delivery/housekeeping/sends/unserved-sends.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { issueRow } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

const servedAgo = (issue: number, minutes: number) =>
  sql`UPDATE sends SET served_at = clock_timestamp() - ${minutes}::int * interval '1 minute' WHERE issue_id = ${issue}`.execute(
    db(),
  );

test('a send that nobody served for over an hour is paused and says why; any other is noted as served', async () => {
  const [left, served] = [await plannedIssue(db(), 1), await plannedIssue(db(), 1)];
  await servedAgo(left.issue, 61);
  await servedAgo(served.issue, 59);
  const { context, lines } = makeContext(db());
  await unservedSends.run(context);
  expect(await issueRow(db(), left.issue)).toMatchObject({
    state: 'paused',
    paused_by: 'postrider',
    reason: expect.stringMatching(/^not-served: /),
  });
  const row = await issueRow(db(), served.issue);
  expect(row.state).toBe('sending');
  expect(Date.now() - row.served_at!.getTime()).toBeLessThan(60_000);
  expect(lines).toMatchObject([
    { level: 'warn', text: 'paused a send that no worker served for over an hour' },
  ]);
});
