import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { scheduledSends } from '../../../../src/delivery/housekeeping/sends/scheduled-sends.ts';
import { scheduleSending } from '../../../../src/sends/schedule.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { draftWithReaders, issueRow } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

/** Scheduled for so many minutes from now. */
async function scheduled(minutes: number): Promise<number> {
  const { order } = await draftWithReaders(db(), 1);
  await scheduleSending(db(), order, { delaySeconds: 3_600 });
  await sql`UPDATE sends SET scheduled_at = clock_timestamp() + ${minutes}::int * interval '1 minute'
    WHERE issue_id = ${order.issueId}`.execute(db());
  return order.issueId;
}

test('what is due starts, what was missed by over an hour asks a person, and the rest waits', async () => {
  const issues = [await scheduled(-1), await scheduled(-61), await scheduled(1)];
  const { context, lines } = makeContext(db());
  await scheduledSends.run(context);
  const states = await Promise.all(issues.map(async (issue) => (await issueRow(db(), issue)).state));
  expect(states).toEqual(['sending', 'paused', 'scheduled']);
  expect(lines.map(({ level, text }) => `${level}: ${text}`)).toEqual([
    'warn: paused a scheduled send that was missed by over an hour',
    'info: a scheduled send starts',
  ]);
});
