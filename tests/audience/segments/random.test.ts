/** Whatever an editor types is either refused with a place, or a condition that the database can evaluate. */
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import type { Newsletter } from '../../../src/audience/newsletters/newsletter.ts';
import { declareAttribute } from '../../../src/audience/segments/attributes.ts';
import { resolveSegment } from '../../../src/audience/segments/resolve.ts';
import { inSegment } from '../../../src/segment/condition.ts';
import { importText, useDatabase } from '../fixtures.ts';

const setting = useDatabase();
let weekly: Newsletter;

/** Values that a cast would stumble over. */
const VALUES = [
  'Berlin',
  '2026-02-31',
  '0000-00-00',
  '1e999',
  '٣',
  '-',
  '1.',
  '9'.repeat(40),
  'NaN',
  '%',
  '\\',
  "'",
  '',
  '🦊',
  'true',
  ' 7 ',
];

beforeAll(async () => {
  const { db, newsletter } = setting();
  weekly = await newsletter();
  const rows = VALUES.map(
    (value, n) => `f${n}@example.org,${[0, 1, 2, 3].map(() => `"${value}"`).join(',')}`,
  );
  await importText(db, weekly, `email,words,age,day,flag\n${rows.join('\n')}\n`);
  await declareAttribute(db, weekly.id, 'age', 'number');
  await declareAttribute(db, weekly.id, 'day', 'date');
  await declareAttribute(db, weekly.id, 'flag', 'boolean');
});

/** mulberry32: the same expressions in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SUBJECTS = [
  'words',
  'age',
  'day',
  'flag',
  'tag',
  'language',
  'name',
  'email',
  'domain',
  'confirmed',
  'timezone',
  'nothing',
];
const TESTS = [
  '= V',
  '!= V',
  '< V',
  '>= V',
  'in (V, V)',
  'not in (V)',
  'contains V',
  'starts with V',
  'ends with V',
  'is set',
  'is not set',
  'since V',
  'before V',
  'within 3 weeks',
  'is V',
  'V',
  '',
];
const LITERALS = [
  'Berlin',
  '2026-11-23',
  '2026-02-30',
  'today',
  '"30 days ago"',
  '"99999 days ago"',
  '7',
  '-1.5',
  '1e5',
  'yes',
  '"a b"',
  '%',
  "'x'",
  '""',
  '"🦊"',
  ')',
  '"',
];

function expression(next: () => number, depth = 0): string {
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  if (depth < 3 && next() < 0.4)
    return one(['(A) and (B)', 'A or B', 'not (A)', 'not A and B'])
      .replace('A', () => expression(next, depth + 1))
      .replace('B', () => expression(next, depth + 1));
  return `${one(SUBJECTS)} ${one(TESTS).replace(/V/g, () => one(LITERALS))}`;
}

it('1,000 random expressions: refused with a place, or evaluated to true or false', async () => {
  const { db } = setting();
  const next = random(11);
  let evaluated = 0;
  for (let n = 0; n < 1_000; n++) {
    const text = expression(next);
    const segment = await resolveSegment(db, weekly, text).catch((error: Error) => {
      expect(error, text).toMatchObject({
        code: 'bad-segment',
        message: expect.stringMatching(/\(character \d+\)/),
      });
      return null;
    });
    if (!segment) continue;
    evaluated += 1;
    if (n % 4 !== 0) continue;
    const { rows } = await sql<{ unclear: number }>`
      SELECT count(*) FILTER (WHERE ${inSegment(segment)} IS NULL)::int AS unclear
      FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id WHERE s.newsletter_id = ${weekly.id}`.execute(
      db,
    );
    expect(rows[0]!.unclear, text).toBe(0);
  }
  expect(evaluated).toBeGreaterThan(150);
});
