import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { feedbackAlarms } from '../../../../src/delivery/housekeeping/sends/feedback-alarms.ts';
import { auditOf } from '../../../../src/ledger/audit-log.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('an issue whose addresses are bad too often raises one alarm, whoever looks and however often', async () => {
  const { issue } = await plannedIssue(db(), 300);
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${issue}`.execute(db());
  await sql`UPDATE deliveries SET feedback = 'bounced' WHERE issue_id = ${issue} AND id IN (
    SELECT id FROM deliveries WHERE issue_id = ${issue} LIMIT 18)`.execute(db());
  await sql`INSERT INTO feedback_reports (digest, part, source, class, reason, proven, issue_id, action)
    VALUES ('x', 0, 'imap', 'hard', 'user-unknown', true, ${issue}, 'suppressed')`.execute(db());
  const { context, lines } = makeContext(db());
  await Promise.all([feedbackAlarms.run(context), feedbackAlarms.run(context)]);
  await feedbackAlarms.run(context);
  const text = 'what came back endangers the sender: 6 % bounces (limit 5 %)';
  const alarm = { level: 'warn', alarm: 'alarm', text };
  expect(lines).toHaveLength(2);
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...alarm, lane: null }),
      expect.objectContaining({ ...alarm, lane: 'other' }),
    ]),
  );
  expect((await auditOf(db(), issue)).map(({ act }) => act)).toEqual(['feedback-alarm', 'feedback-alarm']);
});
