import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { addressees, type ReachedBy } from '../../src/ledger/audience.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { cancelIssue } from '../../src/sends/resume-cancel.ts';
import { countAudience, startSending } from '../../src/sends/start.ts';
import { draftWithReaders, plan } from '../delivery/fixtures.ts';
import { insertIssue, insertSubscriber } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

const wakeUps = { wake: async () => {} } as never;
const ends = ['accepted', 'refused', 'unknown', 'skipped', 'accepted', 'accepted', 'accepted'];

const rowsOf = (db: Db, issueId: number) =>
  db.selectFrom('deliveries').selectAll().where('issue_id', '=', issueId).orderBy('id').execute();

/** A cancelled issue: seven readers, of whom four were reached; one of these left since, one is suppressed. */
async function first() {
  const { db } = database;
  const draft = await draftWithReaders(db, ends.length);
  const id = draft.order.issueId;
  await startSending(db, wakeUps, {} as never, draft.order);
  await plan(db, id);
  const rows = await rowsOf(db, id);
  for (const [n, state] of ends.entries())
    await sql`UPDATE deliveries SET state = ${state}::delivery_state WHERE issue_id = ${id} AND id = ${rows[n]!.id}`.execute(
      db,
    );
  await cancelIssue(db, id);
  await sql`UPDATE subscriptions SET state = 'unsubscribed' WHERE id = ${rows[5]!.subscription_id}`.execute(
    db,
  );
  await sql`INSERT INTO suppressions (identity_hash, hash_kid, subscriber_id, reason, source)
    VALUES ('\\x00', 'k', ${rows[6]!.subscriber_id}, 'complaint', 'test')`.execute(db);
  return { ...draft, keys: rows.map((row) => row.key) };
}

async function corrected(
  newsletterId: number,
  order: Parameters<typeof startSending>[3],
  reachedBy: ReachedBy,
) {
  const { db } = database;
  const issueId = await insertIssue(db, newsletterId, { title: 'Correction' });
  await startSending(db, wakeUps, {} as never, { ...order, issueId, reachedBy });
  await plan(db, issueId);
  return (await rowsOf(db, issueId)).map((row) => row.key);
}

test('only those get it whom the first reached and who may still be written to; in doubt only when asked', async () => {
  const { db } = database;
  const { newsletterId, order, keys } = await first();
  const by = { issueId: order.issueId, unknown: false };
  expect(await corrected(newsletterId, order, by)).toEqual([keys[0], keys[4]]);
  expect(await corrected(newsletterId, order, { ...by, unknown: true })).toEqual([keys[0], keys[2], keys[4]]);
  expect(await countAudience(db, newsletterId, { reachedBy: by })).toBe(2);
  const counted = [];
  for await (const page of addressees(db, newsletterId, builtInLanes, { reachedBy: by }))
    counted.push(...page);
  expect(counted.map(({ email }) => email)).toEqual([keys[0], keys[4]]);
});

test('who was confirmed late in a slow transaction and was not reached is not in the close either', async () => {
  const { db } = database;
  const { newsletterId, order, keys } = await first();
  const late = await insertSubscriber(db, 'late@example.net', newsletterId);
  await sql`UPDATE subscriptions SET confirmed_at = clock_timestamp() - interval '1 hour'
    WHERE subscriber_id = ${late}`.execute(db);
  const got = await corrected(newsletterId, order, { issueId: order.issueId, unknown: false });
  expect(got).toEqual([keys[0], keys[4]]);
});
