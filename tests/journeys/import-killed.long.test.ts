/** An import that is killed in the middle and started again ends like one that was left alone. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { start } from '../helpers/processes.ts';
import { until } from '../helpers/until.ts';

const folder = await mkdtemp(join(tmpdir(), 'postrider-import-'));
afterAll(() => rm(folder, { recursive: true }));

const ROWS = 30_000;
const CREATE = 'newsletter create --slug weekly --name Weekly --from news@example.org'.split(' ');
const IMPORT = [
  '--newsletter',
  'weekly',
  '--confirmed',
  '--source',
  'moved',
  '--treat',
  'odd=skip',
  '--json',
];

/** People in all states, lines that are refused, and some who are named twice. */
function people(): string {
  const row = (n: number): string => {
    if (n % 97 === 0) return `no address ${n},active,,`;
    const status =
      n % 31 === 0
        ? 'unsubscribed'
        : n % 43 === 0
          ? 'pending'
          : n % 53 === 0
            ? 'bounced'
            : n % 61 === 0
              ? 'odd'
              : 'active';
    return `reader${n % 29_000}@example.org,${status},${n % 7 === 0 ? 'vip' : ''},City ${n % 5}`;
  };
  return `email,status,tags,city\n${Array.from({ length: ROWS }, (_, n) => row(n)).join('\n')}\n`;
}

/** What an import leaves, without what differs between any two runs. */
async function left(db: Db) {
  const { rows } = await sql<{
    people: string;
    consent: string;
    suppressions: string;
    types: string;
    open: number;
  }>`SELECT
    (SELECT md5(string_agg(concat_ws('|', p.identity, p.attributes, s.state, s.left_by, s.tags), ',' ORDER BY p.identity))
      FROM subscribers p LEFT JOIN subscriptions s ON s.subscriber_id = p.id) AS people,
    (SELECT md5(string_agg(concat_ws('|', p.identity, c.step, c.source), ',' ORDER BY p.identity, c.step, c.source))
      FROM consent_records c JOIN subscribers p ON p.id = c.subscriber_id) AS consent,
    (SELECT md5(string_agg(concat_ws('|', identity, reason, source), ',' ORDER BY identity, reason)) FROM suppressions) AS suppressions,
    (SELECT string_agg(concat_ws(':', name, type), ',' ORDER BY name) FROM attributes) AS types,
    (SELECT count(*)::int FROM imports) AS open`.execute(db);
  return rows[0]!;
}

async function prepared() {
  const database = await createTestDatabase();
  const env = {
    DATABASE_URL: database.url,
    POSTRIDER_SECRET: 'a-secret-for-this-test-of-32-bytes-or-more',
    POSTRIDER_HOME: join(folder, 'home'),
  };
  const run = (...args: string[]) => start(args, { env });
  expect((await run(...CREATE).ended).code).toBe(0);
  return { database, run };
}

test('kill -9 in the middle, twice, and once more from the start: the same people, the same report', async () => {
  const path = join(folder, 'people.csv');
  await writeFile(path, people());
  const whole = await prepared();
  const killed = await prepared();
  try {
    const reportOf = (name: string) => ['--report', join(folder, name)];
    const quiet = await whole.run('subscriber', 'import', path, ...IMPORT, ...reportOf('whole.csv')).ended;
    expect(quiet.code, quiet.stderr).toBe(0);
    for (const steps of [3, 8]) {
      const running = killed.run('subscriber', 'import', path, ...IMPORT, ...reportOf('killed.csv'));
      await until(`${steps} steps are committed`, async () => {
        const { rows } = await sql<{ steps: number }>`SELECT steps FROM imports`.execute(killed.database.db);
        return (rows[0]?.steps ?? 0) >= steps;
      });
      running.kill('SIGKILL');
      expect((await running.ended).signal).toBe('SIGKILL');
    }
    const again = await killed.run('subscriber', 'import', path, ...IMPORT, ...reportOf('killed.csv')).ended;
    expect(again.code, again.stderr).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual({ ...JSON.parse(quiet.stdout), resumed: true });
    expect(JSON.parse(quiet.stdout)).toMatchObject({ read: ROWS, resumed: false });
    expect(await left(killed.database.db)).toEqual(await left(whole.database.db));
    const [one, other] = await Promise.all(
      ['whole.csv', 'killed.csv'].map((name) => readFile(join(folder, name), 'utf8')),
    );
    expect(other).toBe(one);
    expect(one!.split('\r\n').length, 'refused and skipped lines').toBeGreaterThan(700);
  } finally {
    await whole.database.drop();
    await killed.database.drop();
  }
});
