/** A send to a segment: who gets it, and what is frozen with it. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { findNewsletter } from '../../src/audience/newsletters/newsletter.ts';
import { resolveSegment } from '../../src/audience/segments/resolve.ts';
import { storeSegment } from '../../src/audience/segments/store.ts';
import type { Db } from '../../src/db/connection.ts';
import { addressees } from '../../src/ledger/audience.ts';
import { tally } from '../../src/ledger/counts.ts';
import { builtInLanes } from '../../src/ledger/lanes/lanes.ts';
import { planPage } from '../../src/ledger/plan.ts';
import { catchUp } from '../../src/sends/catch-up.ts';
import { type Canary, countAudience, startSending } from '../../src/sends/start.ts';
import { recounted } from '../../src/stats/recount.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { draftWithReaders, plan } from '../delivery/fixtures.ts';
import { insertSubscriber } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();
const wakeUps = { wake: async () => {} } as never;

const planned = async (db: Db, issueId: number) =>
  (await db.selectFrom('deliveries').select('subscription_id').where('issue_id', '=', issueId).execute())
    .length;

/** Thirty readers, every third of them tagged `vip`; ordered to `tag vip` unless told otherwise. */
async function ordered(expression = 'tag vip', more: { canary?: Canary; catchUpSeconds?: number } = {}) {
  const { db } = database;
  const draft = await draftWithReaders(db, 30);
  await sql`UPDATE subscriptions SET tags = '{vip}' WHERE newsletter_id = ${draft.newsletterId} AND id % 3 = 0`.execute(
    db,
  );
  const { slug } = await db
    .selectFrom('newsletters')
    .select('slug')
    .where('id', '=', draft.newsletterId)
    .executeTakeFirstOrThrow();
  const newsletter = await findNewsletter(db, slug);
  const { attributes: _, ...segment } = await resolveSegment(db, newsletter, expression);
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM subscriptions
    WHERE newsletter_id = ${newsletter.id} AND 'vip' = ANY(tags)`.execute(db);
  const start = () => startSending(db, wakeUps, {} as never, { ...draft.order, segment, ...more });
  return { ...draft, newsletter, segment, start, vips: rows[0]!.n, issue: draft.order.issueId };
}

test('goes to the readers in it and to nobody else, and all counts agree', async () => {
  const { db } = database;
  const { newsletterId, segment, start, vips, issue } = await ordered();
  expect(vips).toBe(10);
  expect(await countAudience(db, newsletterId, { segment })).toBe(vips);
  let dry = 0;
  for await (const page of addressees(db, newsletterId, builtInLanes, { segment })) dry += page.length;
  expect(dry).toBe(vips);
  await start();
  await plan(db, issue);
  expect(await planned(db, issue)).toBe(vips);
  const { rows } = await sql<{ tags: string[] }>`SELECT DISTINCT s.tags FROM deliveries d
    JOIN subscriptions s ON s.id = d.subscription_id WHERE d.issue_id = ${issue}`.execute(db);
  expect(rows).toEqual([{ tags: ['vip'] }]);
  expect(await tally(db, issue)).toMatchObject({ planned: vips });
  expect(await recounted(db, issue)).toMatchObject({ agrees: true, counts: { audience: vips } });
});

test('is frozen: a named segment that changes later, or is gone, stays what it was for this send', async () => {
  const { db } = database;
  const { newsletter } = await ordered();
  await storeSegment(db, newsletter.id, { name: 'best', expression: 'tag vip' }, false);
  const draft = await ordered();
  await storeSegment(db, draft.newsletter.id, { name: 'best', expression: 'tag vip' }, false);
  const { attributes: _, ...segment } = await resolveSegment(db, draft.newsletter, 'best');
  await startSending(db, wakeUps, {} as never, { ...draft.order, segment });
  await storeSegment(db, draft.newsletter.id, { name: 'best', expression: 'not tag vip' }, true);
  await plan(db, draft.issue);
  expect(await planned(db, draft.issue)).toBe(10);
  expect((await issueStatus(db, draft.issue)).segment).toEqual({ name: 'best', expression: 'tag vip' });
});

test('late-comers of the catch-up and of the closing pass are asked too', async () => {
  const { db } = database;
  const { newsletterId, start, issue } = await ordered('tag vip', { catchUpSeconds: 3_600 });
  await start();
  await planPage(db, issue, builtInLanes, 7);
  for (const tag of ['vip', 'guest']) {
    const id = await insertSubscriber(db, `slow-${tag}-${issue}@example.net`, newsletterId);
    await sql`UPDATE subscriptions SET tags = ARRAY[${tag}], confirmed_at = clock_timestamp() - interval '1 hour'
      WHERE subscriber_id = ${id}`.execute(db);
  }
  await plan(db, issue);
  expect(await planned(db, issue), 'the closing pass takes the one').toBe(11);
  for (const tag of ['vip', 'guest']) {
    const id = await insertSubscriber(db, `late-${tag}-${issue}@example.net`, newsletterId);
    await sql`UPDATE subscriptions SET tags = ARRAY[${tag}], confirmed_at = clock_timestamp() WHERE subscriber_id = ${id}`.execute(
      db,
    );
  }
  expect((await catchUp(db)).get(issue)).toBe(1);
  expect(await planned(db, issue)).toBe(12);
  expect((await catchUp(db)).get(issue), 'and only once').toBeUndefined();
});

test('a canary counts people of the segment, as a number and as a share', async () => {
  const { db } = database;
  for (const first of [{ people: 4 }, { percent: 40 }] as const) {
    const { start, issue } = await ordered('tag vip', { canary: { first, waitSeconds: null } });
    await start();
    await plan(db, issue);
    expect(await planned(db, issue)).toBe(4);
    await sql`UPDATE sends SET canary_over = true, plan_on_hold = false WHERE issue_id = ${issue}`.execute(
      db,
    );
    await plan(db, issue);
    expect(await planned(db, issue), 'the others follow, nobody twice').toBe(10);
  }
});

test('who leaves, or gets another tag, while pages are written is not planned', async () => {
  const { db } = database;
  const { newsletterId, start, issue } = await ordered();
  await start();
  await planPage(db, issue, builtInLanes, 3);
  const before = await planned(db, issue);
  await sql`UPDATE subscriptions SET state = 'unsubscribed' WHERE newsletter_id = ${newsletterId}
    AND id > (SELECT plan_cursor FROM sends WHERE issue_id = ${issue})`.execute(db);
  await plan(db, issue);
  expect(await planned(db, issue)).toBe(before);
});
