import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { openDb, openPool } from '../../src/db/connection.ts';
import { type DumpingPostgres, startDumpingPostgres } from './dumping-postgres.ts';
import { flawless, judge, openStage, Stage, type Status } from './stage.ts';

const READERS = 120;

/** The same newsletter and relay, in this database of that server. */
function inDatabase(stage: Stage, postgres: DumpingPostgres, name: string): Stage {
  const url = postgres.url(name);
  const pool = openPool(url, { max: 2, applicationName: 'test', onError: () => {} });
  const db = openDb(pool);
  onTestFinished(() => db.destroy());
  return new Stage({ ...stage.env, DATABASE_URL: url }, stage.folder, stage.sink, stage.port, db);
}

async function originalStage(postgres: DumpingPostgres): Promise<Stage> {
  await postgres.createDatabase('original');
  const stage = inDatabase(await openStage('embedded', { relay: 'pool=2' }), postgres, 'original');
  await stage.run('migrate');
  return stage;
}

test('a dump taken in the middle of a send, restored elsewhere: every send asks, and nothing goes out', async () => {
  const postgres = await startDumpingPostgres();
  const stage = await originalStage(postgres);
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const worker = await stage.up('worker');
  await stage.newsletter(READERS);
  const [issue, later] = [await stage.draft('one'), await stage.draft('two')];
  await stage.json('issue', 'send', later, '--delay', '1h');
  await stage.json('issue', 'send', issue);
  await stage.untilReceived(30);
  const file = join(stage.folder, 'mid-send.dump');
  await postgres.dump('original', file);
  await stage.untilState(issue, 'sent');
  await worker.stop('SIGTERM');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);

  await postgres.restore(file, 'restored');
  const copy = inDatabase(stage, postgres, 'restored');
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
  expect(stage.sink.accepted).toHaveLength(READERS);
  expect([...stage.sink.counts().values()].every((count) => count === 1)).toBe(true);
  const resumed = await copy.json<Status & { scheduledAt: string }>('issue', 'resume', later);
  expect(resumed.state).toBe('scheduled');
});

test('what cannot be told from its original asks when nobody served it for over an hour', async () => {
  const postgres = await startDumpingPostgres();
  const stage = await originalStage(postgres);
  await stage.newsletter(20);
  const [issue, later] = [await stage.draft('one'), await stage.draft('two')];
  await stage.json('issue', 'send', issue);
  await stage.json('issue', 'send', later, '--delay', '1h');
  await sql`UPDATE issues SET served_at = served_at - interval '61 minutes',
    scheduled_at = scheduled_at - interval '122 minutes'`.execute(stage.db!);
  const worker = await stage.up('worker');
  await stage.untilState(issue, 'paused');
  await stage.untilState(later, 'paused');
  expect((await stage.status(issue)).reason).toMatch(/^not-served: /);
  expect((await stage.status(later)).reason).toMatch(/^missed-schedule: /);
  expect((await worker.stop('SIGTERM')).code).toBe(0);
  expect(stage.sink.accepted).toHaveLength(0);
});
