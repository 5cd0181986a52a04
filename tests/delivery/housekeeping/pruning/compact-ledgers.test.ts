import { sql } from 'kysely';
import { expect, test } from 'vitest';
import {
  compactIssue,
  compactLedgers,
} from '../../../../src/delivery/housekeeping/pruning/compact-ledgers.ts';
import { finishIssue } from '../../../../src/sends/finish.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { issueRow } from '../../fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

async function sentDaysAgo(days: number, readers = 2): Promise<number> {
  const { issue } = await plannedIssue(db(), readers);
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${issue}`.execute(db());
  await finishIssue(db(), issue);
  await sql`UPDATE sends SET sent_at = sent_at - ${days}::int * interval '1 day' WHERE issue_id = ${issue}`.execute(
    db(),
  );
  return issue;
}

test("a ledger is compacted when its newsletter's days are over, and not before", async () => {
  const [old, kept] = [await sentDaysAgo(401), await sentDaysAgo(399)];
  const { context, lines } = makeContext(db());
  await compactLedgers.run(context);
  expect([(await rowsOf(db(), old)).length, (await rowsOf(db(), kept)).length]).toEqual([0, 2]);
  expect(lines).toMatchObject([{ level: 'info', text: 'compacted the ledger of an issue to counts' }]);
});

test('a run ends with its time, and the next one goes on where it stopped', async () => {
  const issue = await sentDaysAgo(401, 7_000);
  const { context, lines, clock } = makeContext(db());
  const monotonic = clock.monotonic;
  // Each look at the clock costs 600 ms: the budget of a second is spent after the first page of 5,000.
  context.clock.monotonic = () => {
    clock.pass(600);
    return monotonic();
  };
  await compactLedgers.run(context);
  expect(await rowsOf(db(), issue)).toHaveLength(2_000);
  expect(lines).toEqual([]);
  clock.monotonic = monotonic;
  await compactLedgers.run(context);
  expect(await rowsOf(db(), issue)).toEqual([]);
  expect((await issueRow(db(), issue)).compacted_at).not.toBeNull();
});

test('an issue that is still being sent is not compacted, whoever asks', async () => {
  const { issue } = await plannedIssue(db(), 2);
  expect(await compactIssue(db(), issue)).toBe(false);
  expect(await rowsOf(db(), issue)).toHaveLength(2);
});
