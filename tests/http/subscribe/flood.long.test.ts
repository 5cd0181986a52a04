/** A flood of forms: the caps hold to the number, and nobody can tell from an answer what became of their form. */
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertNewsletter } from '../../helpers/rows.ts';
import { FORM, form, openWeb, type Web } from '../harness.ts';

const POSTS = 50_000;
const ADDRESSES = 5_000;
const NETWORKS = 100;
const NEWSLETTERS = 10;
/** As many as a busy machine answers within the deadline of a page; a 503 is sent again, as a flood would. */
const AT_ONCE = 32;

let web: Web;

beforeAll(async () => {
  web = await openWeb({ trustProxy: 1 });
  for (let n = 0; n < NEWSLETTERS; n += 1)
    await insertNewsletter(web.database.db, { slug: `flooded-${n}`, name: 'Flooded' });
});
afterAll(() => web.close());

/** Every address, network and newsletter comes up as often as any other, in no order. */
const mixed = (at: number, of: number, step: number) => (at * step + Math.floor(at / of)) % of;

async function post(at: number): Promise<{ answer: string; ms: number }> {
  const started = performance.now();
  const answer = await web.app.inject({
    method: 'POST',
    url: `/subscribe/flooded-${mixed(at, NEWSLETTERS, 7)}`,
    headers: { ...FORM, 'x-forwarded-for': `198.18.${mixed(at, NETWORKS, 37)}.${1 + (at % 250)}` },
    payload: form({ email: `victim${mixed(at, ADDRESSES, 2_003)}@example.org` }),
  });
  return { answer: `${answer.statusCode} ${answer.body}`, ms: performance.now() - started };
}

const mails = (columns: string) =>
  sql<{ n: number }>`
  SELECT count(*)::int AS n FROM confirmation_requests GROUP BY ${sql.raw(columns)} ORDER BY 1`.execute(
    web.database.db,
  );

test('50,000 posts over 5,000 addresses and 100 networks: each network gets its 30 mails, and nobody more', async () => {
  const answers = new Set<string>();
  let next = 0;
  const flood = async () => {
    while (next < POSTS) {
      const at = next;
      next += 1;
      let answer = (await post(at)).answer;
      while (answer.startsWith('503')) answer = (await post(at)).answer;
      answers.add(answer);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, flood));
  const { db } = web.database;
  expect([...answers].map((answer) => answer.slice(0, 3))).toEqual(['200']);
  const perNetwork = (await mails('network')).rows.map(({ n }) => n);
  expect(perNetwork).toEqual(Array(NETWORKS).fill(30));
  expect((await mails('identity')).rows.at(-1)!.n).toBeLessThanOrEqual(3);
  expect((await mails('identity, newsletter_id')).rows.at(-1)!.n).toBe(1);
  expect((await mails('newsletter_id')).rows.at(-1)!.n).toBeLessThanOrEqual(500);
  const { rows } = await sql<{ mails: number; records: number }>`
    SELECT (SELECT count(*) FROM deliveries WHERE kind = 'confirmation')::int AS mails,
      (SELECT count(*) FROM consent_records WHERE step = 'asked')::int AS records`.execute(db);
  expect(rows[0]).toEqual({ mails: NETWORKS * 30, records: NETWORKS * 30 });
}, 1_500_000);

test('one newsletter from everywhere: its 500 mails of an hour, and no more', async () => {
  const only = await insertNewsletter(web.database.db, { slug: 'only' });
  let next = 0;
  const flood = async () => {
    while (next < 1_000) {
      const at = next;
      next += 1;
      await web.app.inject({
        method: 'POST',
        url: '/subscribe/only',
        headers: { ...FORM, 'x-forwarded-for': `203.${at % 250}.${Math.floor(at / 250)}.1` },
        payload: form({ email: `reader${at}@example.net` }),
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, flood));
  const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM deliveries
    WHERE newsletter_id = ${only} AND kind = 'confirmation'`.execute(web.database.db);
  expect(rows[0]!.n).toBe(500);
}, 300_000);

test('new, capped and confirmed addresses wait equally long for the same answer', async () => {
  const { db } = web.database;
  const timed = await insertNewsletter(db, { slug: 'timed' });
  await sql`WITH people AS (INSERT INTO subscribers (identity, email)
      SELECT 'timed' || n || '@example.org', 'timed' || n || '@example.org' FROM generate_series(0, 39) n RETURNING id)
    INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
      SELECT ${timed}, id, 'confirmed', now() FROM people`.execute(db);
  const times: Record<string, number[]> = { fresh: [], timed: [], victim: [] };
  for (let at = 0; at < 40; at += 1)
    for (const who of Object.keys(times)) {
      const started = performance.now();
      await web.app.inject({
        method: 'POST',
        url: '/subscribe/timed',
        headers: {
          ...FORM,
          'x-forwarded-for': who === 'victim' ? '198.18.1.1' : `100.${at}.${who.length}.1`,
        },
        payload: form({ email: `${who}${at}@example.org` }),
      });
      times[who]!.push(performance.now() - started);
    }
  const medians = Object.values(times).map((all) => all.toSorted((a, b) => a - b)[20]!);
  expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.05);
}, 120_000);
