/** Auto-pause: a send with too many refusals, bounces or complaints pauses itself, and a person decides how it goes on. */

import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { byEditor } from '../../src/issue/reason.ts';
import { autoPauseSends, whyAutoPaused } from '../../src/sends/auto-pause.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { resetIssue, resumeIssue } from '../../src/sends/resume-cancel.ts';
import { issueRow } from '../delivery/fixtures.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { planAll, plannedIssue } from '../ledger/fixtures.ts';

const log = openLog('silent');
const database = useTestDatabase();
const db = () => database.db;

/** Settles the next that wait: refused with these replies, the others accepted. */
async function judge(issue: number, accepted: number, replies: readonly string[]): Promise<void> {
  const next = (count: number) =>
    sql`(SELECT id FROM deliveries WHERE issue_id = ${issue} AND state = 'planned' ORDER BY id LIMIT ${count})`;
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${issue} AND id IN ${next(accepted)}`.execute(
    db(),
  );
  for (const reply of replies)
    await sql`
      WITH moved AS (UPDATE deliveries SET state = 'refused' WHERE issue_id = ${issue} AND id IN ${next(1)} RETURNING id)
      INSERT INTO attempts (issue_id, delivery_id, fence, outcome, reply) SELECT ${issue}::bigint, id, 1, 'refused', ${reply} FROM moved`.execute(
      db(),
    );
}

const stand = async (issue: number) => {
  const { state, paused_by, reason } = await issueRow(db(), issue);
  return { state, paused_by, reason };
};

const refusals = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    n % 5 === 0 ? '550 5.1.1 unknown' : `550 5.7.1 <r${n}@example.org> blocked`,
  );

test('more than the share refused: paused by us, with counts and the commonest answer, without addresses', async () => {
  const { issue } = await plannedIssue(db(), 300);
  await judge(issue, 180, refusals(25));
  expect(await autoPauseSends(db(), log)).toEqual([issue]);
  expect(await stand(issue)).toEqual({
    state: 'paused',
    paused_by: 'postrider',
    reason:
      'breaker: 25 of 205 were refused or bounced (12.2 %, the limit is 10 %); 20 times the answer was "550 5.7.1 … blocked"',
  });
});

test('in the commonest answer neither an address nor a number of the relay stands', async () => {
  const { issue } = await plannedIssue(db(), 300);
  const replies = Array.from(
    { length: 30 },
    (_, n) => `550 5.7.1 r${n}@example.org blocked by policy, ref 4bXy7Q2kz${n}`,
  );
  await judge(issue, 180, replies);
  expect(await autoPauseSends(db(), log, issue)).toEqual([issue]);
  expect((await stand(issue)).reason).toMatch(
    /30 times the answer was "550 5\.7\.1 … blocked by policy, ref …"$/,
  );
});

test('fewer than the sample say nothing, and a tenth is borne', async () => {
  const { issue } = await plannedIssue(db(), 300);
  await judge(issue, 100, refusals(99));
  expect(await autoPauseSends(db(), log, issue)).toEqual([]);
  const other = await plannedIssue(db(), 300);
  await judge(other.issue, 180, refusals(20));
  expect(await autoPauseSends(db(), log, other.issue)).toEqual([]);
});

test('what was forgiven to a rehearsal, and what it waited for, ends with its reset', async () => {
  const { issue } = await plannedIssue(db(), 300);
  await judge(issue, 300, []);
  await sql`UPDATE sends SET rehearsal = true, waits_for = 'quiet-hours', waits_until = clock_timestamp() WHERE issue_id = ${issue}`.execute(
    db(),
  );
  await pauseIssue(db(), issue, 'editor', byEditor('look'));
  await resumeIssue(db(), issue);
  await pauseIssue(db(), issue, 'editor', byEditor('enough'));
  await resetIssue(db(), issue);
  expect(await issueRow(db(), issue)).toMatchObject({ state: 'draft', waits_for: null, waits_until: null });
  await sql`UPDATE issues SET state = 'sending' WHERE id = ${issue}`.execute(db());
  await sql`INSERT INTO sends (issue_id) VALUES (${issue})`.execute(db());
  await planAll(db(), issue);
  await judge(issue, 0, refusals(250));
  expect(await autoPauseSends(db(), log, issue)).toEqual([issue]);
});

test('a person who resumes is not stopped by the same counts again, but by as many new ones', async () => {
  const { issue } = await plannedIssue(db(), 800);
  await judge(issue, 150, refusals(50));
  expect(await autoPauseSends(db(), log, issue)).toEqual([issue]);
  expect(await resumeIssue(db(), issue)).toBe(true);
  expect(await autoPauseSends(db(), log, issue)).toEqual([]);
  await judge(issue, 150, refusals(40));
  expect(await autoPauseSends(db(), log, issue)).toEqual([]);
  await judge(issue, 0, refusals(10));
  expect(await autoPauseSends(db(), log, issue)).toEqual([issue]);
  expect((await stand(issue)).reason).toMatch(/^breaker: 50 of 200 were refused/);
});

test("a person's pause is left alone", async () => {
  const { issue } = await plannedIssue(db(), 300);
  await judge(issue, 100, refusals(110));
  await pauseIssue(db(), issue, 'editor', byEditor());
  expect(await autoPauseSends(db(), log)).toEqual([]);
  expect(await stand(issue)).toMatchObject({ paused_by: 'editor', reason: 'paused by the editor' });
});

test('bounces that come later count as refusals, complaints by their own share', async () => {
  const { issue, newsletter } = await plannedIssue(db(), 400);
  await judge(issue, 300, []);
  const feedback = (word: string, count: number) =>
    sql`UPDATE deliveries SET feedback = ${word} WHERE issue_id = ${issue} AND id IN (
      SELECT id FROM deliveries WHERE issue_id = ${issue} AND state = 'accepted' AND feedback IS NULL ORDER BY id LIMIT ${count})`.execute(
      db(),
    );
  await feedback('bounced', 30);
  expect(await autoPauseSends(db(), log, issue)).toEqual([]);
  await feedback('complained', 2);
  expect(await autoPauseSends(db(), log, issue)).toEqual([issue]);
  expect((await stand(issue)).reason).toMatch('breaker: 2 of 300 complained (0.7 %, the limit is 0.3 %)');
  await sql`UPDATE newsletters SET auto_pause_complaints = 0 WHERE id = ${newsletter}`.execute(db());
  await resumeIssue(db(), issue);
  await judge(issue, 100, []);
  await sql`UPDATE newsletters SET auto_pause_sample = 50 WHERE id = ${newsletter}`.execute(db());
  await feedback('bounced', 11);
  expect(await autoPauseSends(db(), log, issue)).toEqual([issue]);
});

describe('off', () => {
  const signals = {
    issue: 1,
    judged: 100,
    refused: 100,
    complaints: 100,
    maxRefusedPercent: 0,
    maxComplaintsPercent: 0,
    minJudged: 1,
  };
  test('a share of 0 never stops a send', () => expect(whyAutoPaused(signals)).toBeNull());
});
