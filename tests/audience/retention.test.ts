import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { eraseSubscriber } from '../../src/audience/erase.ts';
import { defaultRetention, deleteExpired } from '../../src/audience/retention.ts';
import { keys } from '../consent/fixtures.ts';
import { insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();
const db = () => database.db;
const clock = { monotonic: () => performance.now(), sleep: async () => {} };
let weekly: number;

beforeAll(async () => {
  weekly = await insertNewsletter(db());
});

const sweep = (more: Partial<typeof defaultRetention> = {}) =>
  deleteExpired(db(), keys, clock, { ...defaultRetention, ...more });
const ago = (days: number) => sql`now() - make_interval(days => ${days}::int)`;

test('each kind goes when its own time is over, and not before', async () => {
  const reader = await insertSubscriber(db(), 'stays@example.org', weekly);
  for (const days of [1, 366, 5 * 365 + 1]) {
    for (const of of [reader, null])
      await sql`WITH record AS (
        INSERT INTO consent_records (subscriber_id, newsletter_id, step, source, ip_hash, page, user_agent, at)
        VALUES (${of}, ${weekly}, 'unsubscribed', 'page', 'x', '/x', 'Reader/1', ${ago(days)}) RETURNING id
      ) INSERT INTO leaving_reasons (record_id, newsletter_id, subscriber_id, reason, at)
        SELECT id, ${weekly}, ${of}, 'other', ${ago(days)} FROM record`.execute(db());
    await sql`INSERT INTO feedback_reports (digest, part, source, class, reason, proven, action, at)
      VALUES (${Buffer.from(`r${days}`)}, 0, 'cli', 'hard', 'x', false, 'x', ${ago(days)})`.execute(db());
    await sql`INSERT INTO suppressions (identity_hash, hash_kid, reason, source, until)
      VALUES (${Buffer.from(`s${days}`)}, 'k', 'not-me', 'reader', ${ago(days)}), ('e', 'k', 'erased', 'cli', NULL)`.execute(
      db(),
    );
    await sql`INSERT INTO audit_log (who, act, at) VALUES ('cli', 'x', ${ago(days)})`.execute(db());
  }
  const deleted = await sweep();
  expect(deleted).toEqual({ consent: 1, origin: 3, reasons: 1, feedback: 1, suppressions: 2, audit: 1 });
  expect(await sweep(), 'nothing is left to do').toEqual({});
  const { rows } = await sql`SELECT count(*)::int AS records, count(ip_hash)::int AS origins,
    (SELECT count(*)::int FROM suppressions WHERE reason = 'erased') AS erased FROM consent_records`.execute(
    db(),
  );
  expect(rows, "a reader's own records stay; an erasure is for ever").toEqual([
    { records: 5, origins: 2, erased: 3 },
  ]);
});

test('who left everything long ago is erased, counted from when we learned of it', async () => {
  const left = async (email: string, known: number, since: number, state: 'unsubscribed' | 'confirmed') => {
    const id = await insertSubscriber(db(), email, weekly, state);
    await sql`UPDATE subscribers SET created_at = ${ago(known)} WHERE id = ${id}`.execute(db());
    await sql`UPDATE subscriptions SET created_at = ${ago(known)}, unsubscribed_at = ${ago(since)}
      WHERE subscriber_id = ${id}`.execute(db());
  };
  await left('long-ago@example.org', 900, 800, 'unsubscribed');
  await left('lately@example.org', 900, 100, 'unsubscribed');
  await left('just-imported@example.org', 1, 800, 'unsubscribed');
  await left('reads@example.org', 900, 800, 'confirmed');
  expect(await sweep({ left: null })).toEqual({});
  expect(await sweep({ left: 700 })).toEqual({ left: 1 });
  const { rows } = await sql<{ email: string }>`SELECT email FROM subscribers ORDER BY email`.execute(db());
  expect(rows.map(({ email }) => email)).toEqual([
    'just-imported@example.org',
    'lately@example.org',
    'reads@example.org',
    'stays@example.org',
  ]);
});

test('of an erased person a record keeps step, version and time until then', async () => {
  const id = await insertSubscriber(db(), 'gone@example.org', weekly);
  await sql`INSERT INTO consent_records (subscriber_id, newsletter_id, step, wording, wording_version, source, language, ip_hash, page, user_agent)
    VALUES (${id}, ${weekly}, 'imported', 'I want it.', 'abc', 'import: from Gone', 'de', 'x', '/x', 'Gone/1')`.execute(
    db(),
  );
  await eraseSubscriber(db(), keys, clock, 'gone@example.org');
  const record = await db()
    .selectFrom('consent_records')
    .selectAll()
    .where('wording_version', '=', 'abc')
    .executeTakeFirstOrThrow();
  expect(record).toMatchObject({ step: 'imported', newsletter_id: weekly, source: 'import', wording: null });
  expect(record).toMatchObject({ subscriber_id: null, ip_hash: null, page: null, user_agent: null });
});
