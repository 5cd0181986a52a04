/** `doctor`, what Postrider runs on: settings, database, queue, disk and clock. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { openDb, openPool } from '../../../src/db/connection.ts';
import type { RedisFacts, WebAnswer } from '../../../src/doctor/check/situation.ts';
import { clockCheck } from '../../../src/doctor/server/clock.ts';
import { databaseCheck } from '../../../src/doctor/server/database.ts';
import { diskCheck } from '../../../src/doctor/server/disk.ts';
import { queueCheck } from '../../../src/doctor/server/queue.ts';
import { sessionCheck } from '../../../src/doctor/server/session.ts';
import { settingsCheck } from '../../../src/doctor/server/settings.ts';
import { Refused } from '../../../src/errors.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { readSessionFacts } from '../../../src/io/doctor/sessions.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { only, said, settings, situationWith } from '../fixtures.ts';

const database = useTestDatabase();
const situation = () => situationWith({ db: () => database.db });

/** The database as a session with these settings sees it. */
async function withSettings<T>(
  list: Record<string, string>,
  act: (found: ReturnType<typeof situation>) => Promise<T>,
) {
  const url = new URL(database.url);
  const options = Object.entries(list).map(([name, value]) => `-c ${name}=${value.replace(/ /g, '\\ ')}`);
  url.searchParams.set('options', options.join(' '));
  const pool = openPool(url.href, { max: 1, applicationName: 'doctor test', onError: () => {} });
  const db = openDb(pool);
  try {
    return await act(situationWith({ db: () => db }));
  } finally {
    await db.destroy();
  }
}

describe('the database', () => {
  test('of the tests is PostgreSQL of a known version', async () => {
    const [finding] = await databaseCheck.run(situation());
    expect(finding).toMatchObject({ level: 'ok', found: expect.stringMatching(/^1\d\.\d+.*connections$/) });
  });

  test.each([
    ['synchronous_commit', 'off', 'error', /^off: after a crash/],
    ['default_transaction_isolation', 'serializable', 'error', /^serializable$/],
    ['default_transaction_read_only', 'on', 'error', /^a read-only one/],
    ['statement_timeout', '5000', 'warning', /^5000 ms/],
  ] as const)('with %s = %s', async (name, value, level, found) => {
    await withSettings({ [name]: value }, async (one) => {
      const findings = await databaseCheck.run(one);
      expect(findings.find((finding) => finding.level === level && found.test(finding.found))).toBeDefined();
    });
  });

  test('that is not there, and one of another release', async () => {
    const pool = openPool('postgres://127.0.0.1:1/x', { max: 1, applicationName: 'x', onError: () => {} });
    const db = openDb(pool);
    expect((await only(databaseCheck, situationWith({ db: () => db }), 'error')).found).toMatch(
      /cannot be reached/,
    );
    await db.destroy();
    const older = async () => {
      throw new Refused('schema-older', 'the database has schema 1');
    };
    const findings = await databaseCheck.run({ ...situation(), checkSchema: older });
    expect(findings[1]).toMatchObject({
      level: 'error',
      subject: 'schema',
      found: 'the database has schema 1',
    });
  });

  test('keeps the settings of a session, and LISTEN works', async () => {
    const sessions = () => readSessionFacts(database.url);
    expect(await sessions()).toEqual({ keepsState: true, listens: true });
    expect(await said(sessionCheck, { ...situation(), sessions })).toHaveLength(1);
  });

  test.each([
    [false, false, /leak: a pooler/],
    [true, false, /^LISTEN gets nothing/],
  ])('behind a pooler (settings kept: %s, LISTEN: %s)', async (keepsState, listens, found) => {
    const sessions = async () => ({ keepsState, listens });
    expect((await only(sessionCheck, { ...situation(), sessions }, 'error')).found).toMatch(found);
  });
});

describe('Redis as the queue', () => {
  const good: RedisFacts = {
    software: 'Redis',
    version: '7.2.4',
    role: 'master',
    evictionPolicy: 'noeviction',
    appendOnly: true,
    persists: true,
    maxMemory: 0,
    usedMemory: 1_000_000,
    clients: 3,
    maxClients: 10_000,
    cluster: false,
  };
  const check = (more: Partial<RedisFacts>) =>
    said(queueCheck, situationWith({ redis: async () => ({ ...good, ...more }) }));

  test('is good', async () => {
    expect(await check({})).toEqual(['ok: Redis 7.2.4, 1 MB, 3 clients']);
    expect(await check({ software: 'Valkey', version: '8.0.1' })).toHaveLength(1);
  });

  test.each([
    [{ version: '6.0.16' }, /^error: 6\.0\.16/],
    [{ role: 'slave' }, /^error: a replica/],
    [{ cluster: true }, /^error: a node of a cluster/],
    [{ evictionPolicy: 'allkeys-lru' }, /^error: allkeys-lru/],
    [{ appendOnly: false }, /^warning: no: a restart/],
    [{ persists: false }, /^error: it failed/],
    [{ maxMemory: 1_050_000 }, /^warning: 1000000 of 1050000/],
    [{ clients: 9_500 }, /^warning: 9500 of 10000/],
  ] satisfies [Partial<RedisFacts>, RegExp][])('with %j is not', async (more, found) => {
    expect((await check(more))[1]).toMatch(found);
  });

  test('that does not answer', async () => {
    const redis = async () => {
      throw new Error('connect ECONNREFUSED');
    };
    expect(await said(queueCheck, situationWith({ redis }))).toEqual(['error: connect ECONNREFUSED']);
  });
});

describe('the clock', () => {
  const answer = (date: Date): WebAnswer => ({
    status: 200,
    headers: { date: date.toUTCString() },
    body: '',
    certificate: null,
    tookMs: 0,
  });
  const beside = (aheadMs: number) => ({
    ...situation(),
    web: { ask: async () => answer(new Date(Date.now() + aheadMs)) },
  });

  test('agrees with the database and PUBLIC_URL', async () => {
    expect((await said(clockCheck, beside(0))).map((text) => text.slice(0, 3))).toEqual(['ok:', 'ok:']);
  });

  test.each([
    [10_000, 'warning', /behind$/],
    [-120_000, 'error', /ahead$/],
  ] as const)('that is off by %i ms', async (aheadMs, level, found) => {
    expect((await only(clockCheck, beside(aheadMs), level)).found).toMatch(found);
  });

  test('is compared with a given source too', async () => {
    const findings = await clockCheck.run({ ...beside(0), timeSource: 'https://time.example' });
    expect(findings.map(({ subject }) => subject)).toEqual([
      'the database',
      'PUBLIC_URL',
      'https://time.example',
    ]);
  });

  test('a source without an answer is a note, and the others count', async () => {
    const ask = async () => Promise.reject(new Error('no route'));
    expect((await said(clockCheck, { ...situation(), web: { ask } }))[1]).toBe(
      'note: no time to compare with: no route',
    );
  });

  test('that jumps is seen in the database', async () => {
    const { rows } = await sql<{ now: Date }>`SELECT now()`.execute(database.db);
    const clock = { ...systemClock, now: () => new Date(rows[0]!.now.getTime() - 3_600_000) };
    expect((await clockCheck.run({ ...beside(0), clock }))[0]).toMatchObject({ level: 'error' });
  });
});

describe('settings', () => {
  const check = (more: Partial<typeof settings>) =>
    said(settingsCheck, situationWith({ settings: { ...settings, ...more } }));

  test('of production are good', async () => {
    expect(await check({})).toEqual(['ok: one secret', 'ok: https://news.example.org']);
  });

  test.each([
    [{ publicUrl: 'http://news.example.org' }, /^error: .*no one-click unsubscribe for http/],
    [{ publicUrl: 'http://localhost:3000' }, /^error: .*lead nowhere/],
    [{ secrets: null }, /^warning: one in the data folder/],
    [{ forgetKeys: ['abcd'] }, /^note: abcd/],
    [{ mediaUrl: 'http://cdn.example' }, /^warning: http:\/\/cdn\.example/],
    [{ production: false }, /^note: not set/],
  ] satisfies [Partial<typeof settings>, RegExp][])('%j', async (more, found) => {
    expect((await check(more)).find((text) => found.test(text))).toBeDefined();
  });
});

test.each([
  [10, 'ok'],
  [1, 'warning'],
  [0.1, 'error'],
])('%f GB free in the data folder: %s', async (gigabytes, level) => {
  const [finding] = await diskCheck.run(situationWith({ freeBytes: async () => gigabytes * 1_073_741_824 }));
  expect(finding!.level).toBe(level);
});
