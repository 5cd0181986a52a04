import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { autoPause } from '../../../../src/delivery/housekeeping/sends/auto-pause.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { issueRow } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('a send that relays refuse more than its newsletter allows pauses; one below the limit goes on', async () => {
  const [refused, accepted] = [await plannedIssue(db(), 200), await plannedIssue(db(), 200)];
  await sql`UPDATE deliveries SET state = 'refused' WHERE issue_id = ${refused.issue}`.execute(db());
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${accepted.issue}`.execute(db());
  const { context, lines } = makeContext(db());
  await autoPause.run(context);
  expect((await issueRow(db(), refused.issue)).state).toBe('paused');
  expect((await issueRow(db(), accepted.issue)).state).toBe('sending');
  expect(lines).toMatchObject([{ level: 'warn', why: expect.stringContaining('200 of 200') }]);
});
