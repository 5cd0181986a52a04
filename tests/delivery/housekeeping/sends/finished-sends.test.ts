import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { finishedSends } from '../../../../src/delivery/housekeeping/sends/finished-sends.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { issueRow } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('a send with nothing left ends, and one with somebody waiting goes on', async () => {
  const [done, waits] = [await plannedIssue(db(), 2), await plannedIssue(db(), 2)];
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${done.issue}`.execute(db());
  const { context, lines } = makeContext(db());
  await finishedSends.run(context);
  expect((await issueRow(db(), done.issue)).state).toBe('sent');
  expect((await issueRow(db(), waits.issue)).state).toBe('sending');
  expect(lines).toMatchObject([{ level: 'info', text: 'a send has ended' }]);
});
