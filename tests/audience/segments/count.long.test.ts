/** A count of a segment among 1,000,000 readers answers while somebody waits. */
import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import type { Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { countReaders } from '../../../src/audience/segments/count.ts';
import { resolveSegment } from '../../../src/audience/segments/resolve.ts';
import { useDatabase } from '../fixtures.ts';

const setting = useDatabase();
const READERS = 1_000_000;
let weekly: Newsletter;

beforeAll(async () => {
  const { db, newsletter } = setting();
  weekly = await newsletter();
  await sql`WITH people AS (
      INSERT INTO subscribers (identity, email, name, language, attributes, link_key)
      SELECT a, a, 'Reader ' || n, (ARRAY['de','en','fr','zh'])[1 + n % 4], jsonb_build_object(
        'city', (ARRAY['Berlin','Paris','Rome','Oslo','Lima'])[1 + n % 5], 'age', (n % 80)::text), n
      FROM generate_series(1, ${READERS}::int) n, LATERAL (SELECT 'r' || n || '@host' || n % 100 || '.example' AS a) l
      RETURNING id
    )
    INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at, tags)
    SELECT ${weekly.id}::bigint, id, 'confirmed', now() - (id % 1000) * interval '1 day',
      CASE WHEN id % 3 = 0 THEN ARRAY['vip'] WHEN id % 1000 = 1 THEN ARRAY['rare'] ELSE '{}' END FROM people`.execute(
    db,
  );
  await sql`INSERT INTO attributes (newsletter_id, name, type) VALUES (${weekly.id}, 'city', 'text'), (${weekly.id}, 'age', 'number')`.execute(
    db,
  );
  await sql`VACUUM ANALYZE subscribers, subscriptions`.execute(db);
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function timed(act: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
  return median(times);
}

test.each([
  'city = Berlin',
  'tag vip and age > 40',
  'tag rare',
  'language = de and not (city in (Rome, Oslo) or confirmed within 30 days)',
])(
  '%s: within 200 ms, or no longer than counting all rows on a slower machine; an estimate keeps its margin',
  async (text) => {
    const { db } = setting();
    const segment = await resolveSegment(db, weekly, text);
    const all = await timed(() =>
      sql`SELECT count(*) FROM subscriptions WHERE newsletter_id = ${weekly.id}`.execute(db),
    );
    const ours = await timed(() => countReaders(db, weekly.id, segment));
    const { readers, exact, margin } = await countReaders(db, weekly.id, segment);
    const truth = (await countReaders(db, weekly.id, segment, 0)).readers;
    process.stdout.write(
      `${text}: ${Math.round(ours)} ms, count(*) ${Math.round(all)} ms, ${readers} ± ${margin} of ${truth}\n`,
    );
    expect(ours).toBeLessThan(Math.max(200, 2 * all));
    // Twice the margin of 95 % is kept by all but one sample in 16,000.
    expect(Math.abs(readers - truth)).toBeLessThanOrEqual(exact ? 0 : 2 * margin + 50);
  },
);
