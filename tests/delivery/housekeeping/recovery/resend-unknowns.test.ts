import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { resendUnknowns } from '../../../../src/delivery/housekeeping/recovery/resend-unknowns.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('unknowns are planned again where the policy is to resend, and stay where it is to hold', async () => {
  const [resend, hold] = [await plannedIssue(db(), 1), await plannedIssue(db(), 1)];
  await sql`UPDATE newsletters SET on_unknown = 'resend' WHERE id = ${resend.newsletter}`.execute(db());
  await sql`UPDATE deliveries SET state = 'unknown' WHERE issue_id IN (${resend.issue}, ${hold.issue})`.execute(
    db(),
  );
  const { context, lines } = makeContext(db());
  await resendUnknowns.run(context);
  const states = await Promise.all(
    [resend, hold].map(async ({ issue }) => (await rowsOf(db(), issue)).map(({ state }) => state)),
  );
  expect(states).toEqual([['planned'], ['unknown']]);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ level: 'info', text: expect.stringContaining('will be resent') });
});
