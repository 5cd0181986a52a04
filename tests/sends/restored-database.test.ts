import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { tally } from '../../src/ledger/counts.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { pauseInCopy } from '../../src/sends/restored-database.ts';
import { resumeIssue } from '../../src/sends/resume-cancel.ts';
import { scheduleSending, startDue } from '../../src/sends/schedule.ts';
import { startSending } from '../../src/sends/start.ts';
import { draftWithReaders, issueRow, plan } from '../delivery/fixtures.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();
const db = () => database.db;

/** As if the last worker had been in another database, of this cluster or of another. */
const movedFrom = (fields: object) =>
  sql`UPDATE installation SET value = value || ${JSON.stringify(fields)}::jsonb WHERE name = 'database'`.execute(
    db(),
  );

async function running() {
  const { order } = await draftWithReaders(db(), 1);
  await startSending(db(), { wake: async () => {} } as never, {} as never, order);
  return order;
}

test('the same database, however often a worker starts in it, pauses nothing', async () => {
  await pauseInCopy(db());
  const { issueId } = await running();
  for (let n = 0; n < 3; n += 1) expect(await pauseInCopy(db())).toEqual([]);
  expect((await issueRow(db(), issueId)).state).toBe('sending');
});

test.each([{ database: 1 }, { cluster: '1' }])('in a copy (%j) every send asks, once', async (before) => {
  const { issueId } = await running();
  const later = (await draftWithReaders(db(), 1)).order;
  await scheduleSending(db(), later, { delaySeconds: 3_600 });
  await movedFrom(before);
  const looks = await Promise.all([1, 2, 3].map(() => pauseInCopy(db())));
  expect(looks.flat()).toEqual(expect.arrayContaining([issueId, later.issueId]));
  expect(looks.filter((paused) => paused.length > 0)).toHaveLength(1);
  expect(await issueRow(db(), issueId)).toMatchObject({ state: 'paused', paused_by: 'postrider' });
  expect((await issueRow(db(), issueId)).reason).toMatch(/^restored: /);
  await resumeIssue(db(), issueId);
  expect((await issueRow(db(), issueId)).state).toBe('sending');
});

test('one whose moment is still to come waits for it again when it is resumed', async () => {
  const { order } = await draftWithReaders(db(), 1);
  const at = await scheduleSending(db(), order, { delaySeconds: 3_600 });
  await movedFrom({ database: 1 });
  await pauseInCopy(db());
  await resumeIssue(db(), order.issueId);
  expect(await issueRow(db(), order.issueId)).toMatchObject({
    state: 'scheduled',
    scheduled_at: at,
    sending_since: null,
    reason: null,
  });
  await sql`UPDATE sends SET scheduled_at = clock_timestamp() WHERE issue_id = ${order.issueId}`.execute(
    db(),
  );
  expect(await startDue(db())).toContain(order.issueId);
});

test('the rest of a plan that the dump has cut in two is planned in doubt, by name, and not sent', async () => {
  const { order } = await draftWithReaders(db(), 5);
  await startSending(db(), { wake: async () => {} } as never, {} as never, order);
  await planPage(db(), order.issueId, builtInLanes, 2);
  await movedFrom({ database: 1 });
  await pauseInCopy(db());
  await resumeIssue(db(), order.issueId);
  await plan(db(), order.issueId);
  const rows = await db()
    .selectFrom('deliveries')
    .select(['state', 'reason', 'due_at'])
    .where('issue_id', '=', order.issueId)
    .orderBy('id')
    .execute();
  expect(rows.map(({ state, reason, due_at }) => [state, reason, due_at])).toEqual([
    ...Array(2).fill(['planned', null, null]),
    ...Array(3).fill(['unknown', 'restored', null]),
  ]);
  expect(await tally(db(), order.issueId)).toMatchObject({ planned: 2, unknown: 3 });
});
