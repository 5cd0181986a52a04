/** The log names issues as commands take them. */
import { Writable } from 'node:stream';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import type { WorkerContext } from '../../src/delivery/worker/context.ts';
import { openLog } from '../../src/io/log.ts';
import { SERVICE } from '../../src/ledger/service-mail.ts';
import { autoPauseSends } from '../../src/sends/auto-pause.ts';
import { issueName } from '../../src/sends/issue-name.ts';
import { pauseForRelay, readSendSettings } from '../../src/sends/send-settings.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { plannedIssue } from '../ledger/fixtures.ts';

const database = useTestDatabase();

const lines: { issue?: unknown; msg: string }[] = [];
const log = openLog(
  'info',
  new Writable({
    write(line, _encoding, done) {
      lines.push(JSON.parse(String(line)));
      done();
    },
  }),
);

async function started(people: number): Promise<{ id: number; name: string }> {
  const { issue } = await plannedIssue(database.db, people);
  await sql`UPDATE sends SET served_at = clock_timestamp() WHERE issue_id = ${issue}`.execute(database.db);
  const { rows } = await sql<{ name: string }>`
    SELECT n.slug || '/' || i.slug AS name FROM issues i JOIN newsletters n ON n.id = i.newsletter_id
    WHERE i.id = ${issue}`.execute(database.db);
  return { id: issue, name: rows[0]!.name };
}

test('a send that is paused is logged by newsletter and slug, not by its number in the database', async () => {
  const { db } = database;
  const refused = await started(300);
  await sql`UPDATE deliveries SET state = 'refused' WHERE issue_id = ${refused.id}`.execute(db);
  await autoPauseSends(db, log, refused.id);
  const homeless = await started(1);
  const context = { db, log } as WorkerContext;
  await pauseForRelay(context, homeless.id, (await readSendSettings(context, homeless.id))!);
  expect(lines.map((line) => line.issue)).toEqual([refused.name, homeless.name]);
  expect(refused.name).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+$/);
});

test('a name is asked for once, and a database that is away keeps nothing from being logged', async () => {
  const { id, name } = await started(1);
  let queries = 0;
  const counted = database.db.withPlugin({
    transformQuery: ({ node }) => {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  expect([await issueName(counted, id), await issueName(counted, id)]).toEqual([name, name]);
  expect(queries).toBe(1);
  const away = counted.withPlugin({
    transformQuery: () => {
      throw new Error('the database is away');
    },
    transformResult: async ({ result }) => result,
  }) as Db;
  expect(await issueName(away, id)).toBe(`issue number ${id}`);
  const served = await started(1);
  await readSendSettings({ db: counted }, served.id);
  queries = 0;
  expect(await issueName(counted, served.id)).toBe(served.name);
  expect(queries).toBe(0);
  expect(await issueName(away, SERVICE)).toBe('service mails');
});
