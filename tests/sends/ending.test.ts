import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { WorkerContext } from '../../src/delivery/worker/context.ts';
import { reopenIfSent } from '../../src/issue/state.ts';
import { expireIssues, expireOld } from '../../src/sends/expire.ts';
import { finishIssue } from '../../src/sends/finish.ts';
import { reopenWithWork } from '../../src/sends/reopen.ts';
import { readSendSettings } from '../../src/sends/send-settings.ts';
import { type SendOrder, startSending } from '../../src/sends/start.ts';
import { draftWithReaders, issueRow, plan } from '../delivery/fixtures.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

const wakeUps = { wake: async () => {} } as never;
const hour = 3_600_000;

async function planned(readers: number, more: Partial<SendOrder> = {}): Promise<number> {
  const { db } = database;
  const { order } = await draftWithReaders(db, readers);
  await startSending(db, wakeUps, {} as never, { ...order, ...more });
  await plan(db, order.issueId);
  return order.issueId;
}

async function sent(readers: number): Promise<number> {
  const issueId = await planned(readers);
  await sql`UPDATE deliveries SET state = 'accepted', due_at = NULL WHERE issue_id = ${issueId}`.execute(
    database.db,
  );
  return issueId;
}

const states = async (issueId: number) => {
  const { rows } = await sql<{
    state: string;
  }>`SELECT state FROM deliveries WHERE issue_id = ${issueId} ORDER BY id`.execute(database.db);
  return rows.map((row) => row.state);
};

test('a send that gets work while its end is decided goes on', async () => {
  const { db } = database;
  const issueId = await sent(2);
  let ending: Promise<boolean> = Promise.resolve(true);
  await db.transaction().execute(async (trx) => {
    await sql`SELECT FROM issues WHERE id = ${issueId} FOR UPDATE`.execute(trx);
    ending = finishIssue(db, issueId);
    await until('the end waits for whoever holds the issue', async () => {
      const { rows } = await sql`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%issues%'`.execute(
        db,
      );
      return rows.length > 0;
    });
    await sql`UPDATE deliveries SET state = 'planned', due_at = clock_timestamp()
      WHERE id = (SELECT min(id) FROM deliveries WHERE issue_id = ${issueId})`.execute(trx);
  });
  expect(await ending).toBe(false);
  expect(await issueRow(db, issueId)).toMatchObject({ state: 'sending' });
});

test('a late reply opens a send again also days after its first end, when it was opened since', async () => {
  const { db } = database;
  const issueId = await sent(1);
  expect(await finishIssue(db, issueId)).toBe(true);
  await db.transaction().execute((trx) => reopenIfSent(trx, issueId));
  await sql`UPDATE sends SET sent_at = sent_at - interval '5 days' WHERE issue_id = ${issueId}`.execute(db);
  const { sent_at } = await issueRow(db, issueId);
  expect(await finishIssue(db, issueId)).toBe(true);
  expect(await reopenWithWork(db)).toEqual([]);
  await sql`UPDATE deliveries SET state = 'deferred', due_at = clock_timestamp() WHERE issue_id = ${issueId}`.execute(
    db,
  );
  expect(await reopenWithWork(db)).toEqual([issueId]);
  expect(await issueRow(db, issueId)).toMatchObject({ state: 'sending', sent_at });
});

test('what was tried too long ago expires, and nobody who was never tried, however long the send takes', async () => {
  const { db } = database;
  const issueId = await planned(4);
  await sql`UPDATE sends SET sending_since = clock_timestamp() - interval '9 days' WHERE issue_id = ${issueId}`.execute(
    db,
  );
  // In the order of a relay that warms up; then tried and deferred, tried lately, given back after a try.
  await sql`UPDATE deliveries SET due_at = 'epoch'::timestamptz + interval '90 days' WHERE issue_id = ${issueId}`.execute(
    db,
  );
  const ids = (
    await db.selectFrom('deliveries').select('id').where('issue_id', '=', issueId).orderBy('id').execute()
  ).map(({ id }) => id);
  const tried = (id: number, state: string, hours: number) =>
    sql`UPDATE deliveries SET state = ${state}::delivery_state, attempts = 1, due_at = clock_timestamp() + interval '1 hour',
      first_attempt_at = clock_timestamp() - ${hours}::int * interval '1 hour' WHERE issue_id = ${issueId} AND id = ${id}`.execute(
      db,
    );
  await tried(ids[1]!, 'deferred', 49);
  await tried(ids[2]!, 'deferred', 47);
  await tried(ids[3]!, 'planned', 49);
  await expireOld(db, 48 * hour);
  expect(await states(issueId)).toEqual(['planned', 'skipped', 'deferred', 'skipped']);
});

test('an issue that expires goes to nobody after its moment: it is served no more, and who waits is skipped by name', async () => {
  const { db } = database;
  const issueId = await planned(3, { expiresAt: new Date(Date.now() + hour) });
  await sql`UPDATE deliveries SET state = 'accepted' WHERE id = (SELECT min(id) FROM deliveries WHERE issue_id = ${issueId})`.execute(
    db,
  );
  const serves = () => readSendSettings({ db } as WorkerContext, issueId);
  expect(await serves()).not.toBeNull();
  expect(await expireIssues(db)).toEqual(new Map());
  await sql`UPDATE sends SET expires_at = clock_timestamp() WHERE issue_id = ${issueId}`.execute(db);
  expect(await serves()).toBeNull();
  expect(await expireIssues(db)).toEqual(new Map([[issueId, 2]]));
  expect(await states(issueId)).toEqual(['accepted', 'skipped', 'skipped']);
  expect(await finishIssue(db, issueId)).toBe(true);
});
