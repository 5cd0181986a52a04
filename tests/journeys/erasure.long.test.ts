import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { until } from '../helpers/until.ts';
import { openHarness } from './harness.ts';

const SECRET = 'planted-secret-0123456789abcdef-0123456789';
const OLD = 'Zebulon-Old@example.net';
const NEW = 'zebulon-new@example.org';

/** Every row of every table, in every schema: the queue lives in this database too. */
async function everythingStored(db: Db): Promise<Map<string, string>> {
  const { rows: tables } = await sql<{ name: string }>`SELECT format('%I.%I', schemaname, tablename) AS name
    FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`.execute(db);
  const stored = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await sql<{ row: string }>`SELECT t::text AS row FROM ${sql.raw(name)} t`.execute(db);
    stored.set(name, rows.map(({ row }) => row).join('\n'));
  }
  return stored;
}

test('after an erasure nothing in the database, the queue or the logs names the person, and sums add up', async () => {
  const harness = await openHarness('database', {
    sink: { keepSource: true },
    env: { POSTRIDER_SECRET: SECRET, LOG_LEVEL: 'debug' },
  });
  const db = harness.db!;
  const program = await harness.up('start');
  await harness.newsletter(5);
  const decoded = (source: Buffer) =>
    source
      .toString('latin1')
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const seen = new Set<string>();
  const linkIn = async (to: string, path: string): Promise<string> => {
    const pattern = new RegExp(`http://127\\.0\\.0\\.1:\\d+/${path}/[\\w.-]+`);
    const find = () =>
      harness.sink.accepted
        .filter((mail) => mail.to.toLowerCase() === to.toLowerCase())
        .map((mail) => pattern.exec(decoded(mail.source!))?.[0])
        .findLast((link) => link !== undefined && !seen.has(link));
    const link = await until(`a mail to somebody with /${path}/`, find);
    seen.add(link!);
    return link!;
  };
  const post = (url: string, fields: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields) });

  await post(`${harness.url}/subscribe/weekly`, { email: OLD, name: 'Zebulon Quark' });
  await post(await linkIn(OLD, 'confirm'), { pressed: 'confirm' });
  harness.sink.behave = ({ stage, to }) =>
    stage === 'dot' && /zebulon/i.test(to ?? '') ? { reply: `250 2.0.0 taken for ${to}` } : undefined;
  const issue = await harness.draft('first');
  await harness.json('issue', 'send', issue);
  await harness.untilState(issue, 'sent');

  const preferences = await linkIn(OLD, 'preferences');
  await post(preferences, { pressed: 'save', name: 'Zebulon Quark', timezone: 'Pacific/Chatham' });
  await post(preferences, { pressed: 'address', email: NEW });
  await post(await linkIn(OLD, 'address'), { pressed: 'address' });
  await post(await linkIn(NEW, 'address'), { pressed: 'address' });
  const left = await post(await linkIn(OLD, 'unsubscribe'), { pressed: 'unsubscribe' });
  const ticket = /name="ticket" value="([^"]+)"/.exec(await left.text())![1]!;
  const unsubscribe = [...seen].at(-1)!;
  await post(unsubscribe, { pressed: 'reason', ticket, reason: 'other', comment: 'Zebulon says goodbye' });
  await sql`UPDATE confirmation_requests SET at = at - interval '40 days'`.execute(db);
  await post(`${harness.url}/data`, { email: NEW });
  const data = await linkIn(NEW, 'data');
  expect(await (await fetch(data)).text()).toContain('Zebulon says goodbye');
  expect([...(await everythingStored(db)).values()].join('\n')).toMatch(/zebulon/i);

  expect((await post(data, { pressed: 'erase', sure: 'yes' })).status).toBe(200);
  const stored = await everythingStored(db);
  expect([...stored].filter(([, rows]) => /zebulon|quark/i.test(rows)).map(([name]) => name)).toEqual([]);
  const status = await harness.json<{ counts: Record<string, number> }>('issue', 'status', issue);
  expect(status.counts).toMatchObject({ audience: 6, accepted: 6, waiting: 0 });

  program.kill('SIGTERM');
  await program.ended;
  const logs = program.stdout + program.stderr;
  expect(logs.length).toBeGreaterThan(100);
  expect(logs).not.toMatch(/zebulon|quark/i);
  const tokens = [...seen].map((link) => link.split('/').at(-1)!);
  for (const planted of [SECRET, ticket, ...tokens]) expect(logs.includes(planted)).toBe(false);
  for (const link of seen) expect(link).not.toContain('@');
});
