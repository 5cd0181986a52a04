import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import { ensureDeliveryPartition } from '../../src/db/partitions.ts';
import { type DryRunOrder, dryRun } from '../../src/delivery/dry-run.ts';
import { systemClock } from '../../src/io/clock.ts';
import { startWarmUp } from '../../src/ledger/relays/warm-up.ts';
import type { Relay } from '../../src/ports.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { draftWithReaders, edition, relay } from './fixtures.ts';

const keys = new Keys(['a-secret-of-this-test-only-0123456789']);
const database = useTestDatabase();

const parts = () => ({ db: database.db, keys, clock: systemClock, publicUrl: 'https://letters.example.org' });

async function order(readers: number, changes: Partial<DryRunOrder> = {}): Promise<DryRunOrder> {
  const { newsletterId, order } = await draftWithReaders(database.db, readers);
  const newsletter = { id: newsletterId, slug: 'weekly', archive: 'public' } as const;
  return { issueId: order.issueId, newsletter, slug: 'one', edition, relay, ...changes };
}

/** Rows of every table that a send writes to. */
async function written(): Promise<unknown> {
  const { rows } = await sql`
    SELECT (SELECT count(*) FROM deliveries) AS deliveries, (SELECT count(*) FROM editions) AS editions,
      (SELECT count(*) FROM batches) AS batches, (SELECT count(*) FROM attempts) AS attempts,
      (SELECT last_value FROM delivery_ids) AS ids, (SELECT json_agg(i ORDER BY id) FROM issues i) AS issues`.execute(
    database.db,
  );
  return rows[0];
}

test('every message of the audience is composed, counted by lane and size, and nothing is written', async () => {
  const dryRunOrder = await order(2_500);
  await sql`UPDATE subscribers SET identity = 'x' || id || '@gmail.com', email = 'x' || id || '@gmail.com'
    WHERE id IN (SELECT subscriber_id FROM subscriptions WHERE newsletter_id = ${dryRunOrder.newsletter.id} ORDER BY id LIMIT 700)`.execute(
    database.db,
  );
  const before = await written();
  const report = await dryRun(parts(), dryRunOrder);
  expect(report).toMatchObject({
    audience: 2_500,
    lanes: { google: 700, other: 1_800 },
    rate: null,
    seconds: null,
  });
  expect(report.unsendable).toEqual({ count: 0, first: [] });
  expect(report.sizes!.median).toBeGreaterThan(1_000);
  expect(report.sizes!.largest).toBeGreaterThanOrEqual(report.sizes!.median);
  expect(await written()).toEqual(before);
});

test('readers for whom a slot stays empty are counted, with what they read instead', async () => {
  const dryRunOrder = await order(3);
  await sql`UPDATE subscribers SET name = 'Ada', attributes = '{"city":"Xi''an"}' WHERE id = (
    SELECT min(subscriber_id) FROM subscriptions WHERE newsletter_id = ${dryRunOrder.newsletter.id})`.execute(
    database.db,
  );
  expect((await dryRun(parts(), dryRunOrder)).slots).toEqual([
    { slot: 'reader.attributes.city', missing: 2, fallback: null, guarded: false },
    { slot: 'reader.name', missing: 2, fallback: 'friend', guarded: false },
  ]);
});

test('an address that no message can be made for is named with its reason; the others are still composed', async () => {
  const dryRunOrder = await order(4);
  await sql`UPDATE subscribers SET email = 'two@example.com, people@example.com' WHERE id = (
    SELECT min(subscriber_id) FROM subscriptions WHERE newsletter_id = ${dryRunOrder.newsletter.id})`.execute(
    database.db,
  );
  const { audience, unsendable, sizes } = await dryRun(parts(), dryRunOrder);
  expect({ audience, count: unsendable.count }).toEqual({ audience: 4, count: 1 });
  expect(unsendable.first[0]!.email).toBe('two@example.com, people@example.com');
  expect(unsendable.first[0]!.reason).toMatch(/address/);
  expect(sizes).not.toBeNull();
});

test("the end is predicted from the relay's limit, else from the last issue through it", async () => {
  const limited = { settings: { ...relay.settings, rate: 20 }, rehearsal: false } as Relay;
  expect(await dryRun(parts(), await order(90, { relay: limited }))).toMatchObject({
    rate: 20,
    rateFrom: 'limit',
    seconds: 5,
  });
  await sentIssue('main', 300, 10);
  expect(await dryRun(parts(), await order(60))).toMatchObject({
    rate: 30,
    rateFrom: 'last-issue',
    seconds: 2,
  });
});

/** Of so many readers, who were tried at even gaps in so many seconds; before the second half it rested for a night. */
async function sentIssue(route: string, readers: number, seconds: number): Promise<void> {
  const { issueId, newsletter } = await order(0);
  await ensureDeliveryPartition(database.db, issueId);
  await sql`UPDATE issues SET state = 'sent' WHERE id = ${issueId}`.execute(database.db);
  await sql`INSERT INTO sends (issue_id, route, sending_since, sent_at)
    VALUES (${issueId}, ${route}, now() - interval '2 days', now())`.execute(database.db);
  await sql`INSERT INTO deliveries (issue_id, key, newsletter_id, email, lane, state, first_attempt_at)
    SELECT ${issueId}, n || '@example.org', ${newsletter.id}, n || '@example.org', 'other', 'accepted',
      now() - interval '1 day' + n * (${seconds / readers})::float8 * interval '1 second' + (n > ${readers} / 2)::int * interval '8 hours'
    FROM generate_series(1, ${readers}) n`.execute(database.db);
}

test('what limits and warming up ask for is told where no rate is known, as the least that it takes', async () => {
  const limited = { settings: { ...relay.settings, name: 'new', hour: 30 }, rehearsal: false } as Relay;
  const unknown = { rate: null, rateFrom: null };
  expect(await dryRun(parts(), await order(70, { relay: limited }))).toMatchObject({
    ...unknown,
    seconds: 7_200,
  });
  await startWarmUp(database.db, 'new', [20, 40, 80]);
  const { seconds } = await dryRun(parts(), await order(70, { relay: limited }));
  expect(seconds).toBeGreaterThan(86_000 * 2);
  const unlimited = { settings: { ...relay.settings, name: 'free' }, rehearsal: false } as Relay;
  expect(await dryRun(parts(), await order(70, { relay: unlimited }))).toMatchObject({
    ...unknown,
    seconds: null,
  });
});
