import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import { type DryRunOrder, dryRun } from '../../src/delivery/dry-run.ts';
import type { Relay } from '../../src/delivery/ports.ts';
import { systemClock } from '../../src/io/clock.ts';
import { createTestDatabase, type TestDatabase } from '../helpers/database.ts';
import { edition, layGround, relay } from './ground.ts';

const keys = new Keys(['a-secret-of-this-test-only-0123456789']);
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const parts = () => ({ db: database.db, keys, clock: systemClock, publicUrl: 'https://letters.example.org' });

async function order(readers: number, changes: Partial<DryRunOrder> = {}): Promise<DryRunOrder> {
  const { newsletterId, order } = await layGround(database.db, readers);
  const newsletter = { id: newsletterId, slug: 'weekly', archive: 'public' } as const;
  return { issueId: order.issueId, newsletter, slug: 'one', edition, relay, ...changes };
}

/** Rows of every table that a send writes to. */
async function written(): Promise<unknown> {
  const { rows } = await sql`
    SELECT (SELECT count(*) FROM deliveries) AS deliveries, (SELECT count(*) FROM editions) AS editions,
      (SELECT count(*) FROM windows) AS windows, (SELECT count(*) FROM attempts) AS attempts,
      (SELECT last_value FROM delivery_ids) AS ids, (SELECT json_agg(i ORDER BY id) FROM issues i) AS issues`.execute(
    database.db,
  );
  return rows[0];
}

test('every message of the audience is composed, counted by lane and size, and nothing is written', async () => {
  const asked = await order(2_500);
  await sql`UPDATE subscribers SET identity = 'x' || id || '@gmail.com', email = 'x' || id || '@gmail.com'
    WHERE id IN (SELECT subscriber_id FROM subscriptions WHERE newsletter_id = ${asked.newsletter.id} ORDER BY id LIMIT 700)`.execute(
    database.db,
  );
  const before = await written();
  const report = await dryRun(parts(), asked);
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
  const asked = await order(3);
  await sql`UPDATE subscribers SET name = 'Ada', attributes = '{"city":"Xi''an"}' WHERE id = (
    SELECT min(subscriber_id) FROM subscriptions WHERE newsletter_id = ${asked.newsletter.id})`.execute(
    database.db,
  );
  expect((await dryRun(parts(), asked)).slots).toEqual([
    { slot: 'reader.attributes.city', missing: 2, fallback: null, guarded: false },
    { slot: 'reader.name', missing: 2, fallback: 'friend', guarded: false },
  ]);
});

test('an address that no message can be made for is named with its reason; the others are still composed', async () => {
  const asked = await order(4);
  await sql`UPDATE subscribers SET email = 'two@example.com, people@example.com' WHERE id = (
    SELECT min(subscriber_id) FROM subscriptions WHERE newsletter_id = ${asked.newsletter.id})`.execute(
    database.db,
  );
  const { audience, unsendable, sizes } = await dryRun(parts(), asked);
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
  const past = await order(0);
  await sql`UPDATE issues SET state = 'sent', relay = 'main', sending_since = now() - interval '10 seconds', sent_at = now()
    WHERE id = ${past.issueId}`.execute(database.db);
  await sql`INSERT INTO tallies (issue_id, shard, accepted) VALUES (${past.issueId}, 0, 300)`.execute(
    database.db,
  );
  expect(await dryRun(parts(), await order(60))).toMatchObject({
    rate: 30,
    rateFrom: 'last-issue',
    seconds: 2,
  });
});
