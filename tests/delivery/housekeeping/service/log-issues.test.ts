import { expect, test } from 'vitest';
import { logIssues } from '../../../../src/delivery/housekeeping/service/log-issues.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('each issue has a line of its own, under the name that commands take', async () => {
  const { issue } = await plannedIssue(db(), 1);
  const { context, lines } = makeContext(db());
  await logIssues(context, 'warn', [issue, 4_711], 'paused');
  expect(lines).toEqual([
    { level: 'warn', text: 'paused', issue: expect.stringMatching(/^weekly-\d+\/issue-\d+$/) },
    { level: 'warn', text: 'paused', issue: 'issue number 4711' },
  ]);
});
