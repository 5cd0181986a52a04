import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDb, openPool } from '../../src/db/connection.ts';
import { type DumpingPostgres, startDumpingPostgres } from './dumping-postgres.ts';
import { flawless, Harness, judge, openHarness, type Status } from './harness.ts';

const READERS = 120;

/** The same newsletter and relay, in this database of that server. */
function inDatabase(harness: Harness, postgres: DumpingPostgres, name: string): Harness {
  const url = postgres.url(name);
  const pool = openPool(url, { max: 2, applicationName: 'test', onError: () => {} });
  const db = openDb(pool);
  onTestFinished(() => db.destroy());
  return new Harness({ ...harness.env, DATABASE_URL: url }, harness.folder, harness.sink, harness.port, db);
}

async function originalHarness(postgres: DumpingPostgres): Promise<Harness> {
  await postgres.createDatabase('original');
  const harness = inDatabase(await openHarness('embedded', { relay: 'pool=2' }), postgres, 'original');
  await harness.run('migrate');
  return harness;
}

test('a dump taken in the middle of a send, restored elsewhere: every send asks, and nothing goes out', async () => {
  const postgres = await startDumpingPostgres();
  const harness = await originalHarness(postgres);
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const worker = await harness.up('worker');
  await harness.newsletter(READERS);
  const [issue, later] = [await harness.draft('one'), await harness.draft('two')];
  await harness.json('issue', 'send', later, '--delay', '1h');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(30);
  const file = join(harness.folder, 'mid-send.dump');
  await postgres.dump('original', file);
  await harness.untilState(issue, 'sent');
  await worker.stop('SIGTERM');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);

  await postgres.restore(file, 'restored');
  const copy = inDatabase(harness, postgres, 'restored');
  const old = await copy.status(issue);
  expect(old.state).toBe('sending');
  expect(old.counts.accepted).toBeLessThan(READERS);
  const again = await copy.up('worker');
  await again.says(/paused a send: this database is a copy/);
  expect(await copy.status(issue)).toMatchObject({
    state: 'paused',
    reason: expect.stringMatching(/^restored: /),
  });
  expect(await copy.status(later)).toMatchObject({ state: 'paused' });
  expect((await again.stop('SIGTERM')).code).toBe(0);
  expect(harness.sink.accepted).toHaveLength(READERS);
  expect([...harness.sink.counts().values()].every((count) => count === 1)).toBe(true);
  const resumed = await copy.json<Status & { scheduledAt: string }>('issue', 'resume', later);
  expect(resumed.state).toBe('scheduled');
});

test('what cannot be told from its original asks when nobody served it for over an hour', async () => {
  const postgres = await startDumpingPostgres();
  const harness = await originalHarness(postgres);
  await harness.newsletter(20);
  const [issue, later] = [await harness.draft('one'), await harness.draft('two')];
  await harness.json('issue', 'send', issue);
  await harness.json('issue', 'send', later, '--delay', '1h');
  await sql`UPDATE sends SET served_at = served_at - interval '61 minutes',
    scheduled_at = scheduled_at - interval '122 minutes'`.execute(harness.db!);
  const worker = await harness.up('worker');
  await harness.untilState(issue, 'paused');
  await harness.untilState(later, 'paused');
  expect((await harness.status(issue)).reason).toMatch(/^not-served: /);
  expect((await harness.status(later)).reason).toMatch(/^missed-schedule: /);
  expect((await worker.stop('SIGTERM')).code).toBe(0);
  expect(harness.sink.accepted).toHaveLength(0);
});
