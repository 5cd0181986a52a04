import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { byEditor } from '../../src/issue/reason.ts';
import { pauseIssue } from '../../src/sends/pause.ts';
import { cancelIssue, resumeIssue } from '../../src/sends/resume-cancel.ts';
import { pauseMissed, scheduleSending, startDue, unschedule } from '../../src/sends/schedule.ts';
import { startSending } from '../../src/sends/start.ts';
import { draftWithReaders, issueRow } from '../delivery/fixtures.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

/** Scheduled for this many seconds from now (the database's clock); a negative one was due then. */
async function scheduled(seconds: number) {
  const { db } = database;
  const { order } = await draftWithReaders(db, 1);
  await scheduleSending(db, order, { delaySeconds: 3_600 });
  await sql`UPDATE sends SET scheduled_at = clock_timestamp() + ${seconds}::float8 * interval '1 second'
    WHERE issue_id = ${order.issueId}`.execute(db);
  return order;
}

test('the edition is frozen with its hash when the editor presses send, and its moment is kept', async () => {
  const { db } = database;
  const { order } = await draftWithReaders(db, 1);
  const at = new Date(Date.now() + 3_600_000);
  expect(await scheduleSending(db, { ...order, catchUpSeconds: 60 }, { at })).toEqual(at);
  const issue = await issueRow(db, order.issueId);
  expect(issue).toMatchObject({ state: 'scheduled', scheduled_at: at, route: 'main', catch_up_seconds: 60 });
  const { hash } = await db
    .selectFrom('editions')
    .select('hash')
    .where('id', '=', issue.edition_id)
    .executeTakeFirstOrThrow();
  expect(hash).toBe(order.edition.hash);
});

test('a moment in the past is refused and nothing is changed', async () => {
  const { db } = database;
  const { order } = await draftWithReaders(db, 1);
  const before = await issueRow(db, order.issueId);
  const at = new Date(Date.now() - 1_000);
  await expect(scheduleSending(db, order, { at })).rejects.toMatchObject({ code: 'time-past' });
  expect(await issueRow(db, order.issueId)).toEqual(before);
});

test('only a draft can be scheduled, and a scheduled one cannot be sent a second time', async () => {
  const { db } = database;
  const order = await scheduled(60);
  await expect(scheduleSending(db, order, { delaySeconds: 60 })).rejects.toThrow('is scheduled already');
  const wakeUps = { wake: async () => {} } as never;
  await expect(startSending(db, wakeUps, {} as never, order)).rejects.toThrow('is scheduled already');
});

test('what is not due is not started; what is due is started once, however many workers look at the same time', async () => {
  const { db } = database;
  const later = await scheduled(60);
  const due = await scheduled(-1);
  const started = await Promise.all(Array.from({ length: 8 }, () => startDue(db)));
  expect(started.flat()).toEqual([due.issueId]);
  expect((await issueRow(db, due.issueId)).state).toBe('sending');
  expect((await issueRow(db, later.issueId)).state).toBe('scheduled');
});

test('one missed by more than an hour asks first; resume starts it', async () => {
  const { db } = database;
  const order = await scheduled(-3_601);
  expect(await startDue(db)).toEqual([]);
  expect(await pauseMissed(db)).toEqual([order.issueId]);
  const paused = await issueRow(db, order.issueId);
  expect(paused).toMatchObject({ state: 'paused', paused_by: 'postrider' });
  expect(paused.reason).toMatch(/^missed-schedule: /);
  expect(await startDue(db)).toEqual([]);
  expect(await resumeIssue(db, order.issueId)).toBe(true);
  const resumed = await issueRow(db, order.issueId);
  expect(resumed).toMatchObject({ state: 'sending', reason: null });
  expect(resumed.sending_since).not.toBeNull();
});

test.each([60, -7_200])(
  'cancel makes one that is due in %i s a draft again, its edition unfrozen',
  async (seconds) => {
    const { db } = database;
    const order = await scheduled(seconds);
    await pauseMissed(db);
    const frozen = (await issueRow(db, order.issueId)).edition_id;
    expect(await cancelIssue(db, order.issueId)).toBe('draft');
    expect(await issueRow(db, order.issueId)).toMatchObject({
      state: 'draft',
      edition_id: null,
      scheduled_at: null,
      reason: null,
      route: null,
    });
    expect(await db.selectFrom('editions').select('id').where('id', '=', frozen).execute()).toEqual([]);
    await scheduleSending(db, order, { delaySeconds: 60 });
  },
);

test('a send that has started cannot be taken back, only be cancelled for good', async () => {
  const { db } = database;
  const order = await scheduled(-1);
  await startDue(db);
  expect(await unschedule(db, order.issueId)).toBe(false);
  await pauseIssue(db, order.issueId, 'editor', byEditor('wait'));
  expect(await unschedule(db, order.issueId)).toBe(false);
  expect(await cancelIssue(db, order.issueId)).toBe('cancelled');
});

test('a start and a cancel at the same moment: one of them wins, and never half of each', async () => {
  const { db } = database;
  for (let round = 0; round < 10; round += 1) {
    const order = await scheduled(-1);
    const [started, cancelled] = await Promise.all([startDue(db), cancelIssue(db, order.issueId)]);
    const issue = await issueRow(db, order.issueId);
    expect(cancelled).toBe(issue.state);
    expect(issue.state).toBe(started.includes(order.issueId) ? 'cancelled' : 'draft');
    expect(issue.edition_id === null).toBe(issue.state === 'draft');
  }
});
