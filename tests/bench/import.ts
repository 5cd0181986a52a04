/**
 * How fast people are imported: `TEST_DATABASE_URL=... node dist/tests/bench/import.js`. The server must
 * run on this machine, for it reads the files of the rival itself: COPY of the very rows that an import leaves
 * behind, into the same three tables (`ratio`), and of the file itself into one table without any index
 * (`timesCopyOfFile`). The median of five interleaved rounds. `PEOPLE=1000000` imports as many.
 */
import { chmodSync, createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { importSubscribers } from '../../src/audience/import/import.ts';
import { Keys } from '../../src/consent/keys.ts';
import type { Db } from '../../src/db/connection.ts';
import { createTestDatabase } from '../helpers/database.ts';

const PEOPLE = Number(process.env.PEOPLE ?? 100_000);
const RUNS = 5;

const folder = mkdtempSync(join(tmpdir(), 'postrider-bench-'));
chmodSync(folder, 0o755);

function file(name: string, head: string, row: (number: number) => string): string {
  const path = join(folder, name);
  const rows = Array.from({ length: PEOPLE }, (_, at) => row(at + 1));
  writeFileSync(path, `${head}\n${rows.join('\n')}\n`);
  return path;
}

const address = (at: number) => `reader${at}@host${at % 100}.example.org`;
const imported = file('people.csv', 'email,name', (at) => `${address(at)},Reader ${at}`);
const rivals = [
  rival('subscribers', 'id,identity,email,name', (at) => `${at},${address(at)},${address(at)},Reader ${at}`),
  rival(
    'subscriptions',
    'newsletter_id,subscriber_id,state,confirmed_at',
    (at) => `1,${at},confirmed,2026-11-23`,
  ),
  rival(
    'consent_records',
    'newsletter_id,subscriber_id,step,source',
    (at) => `1,${at},imported,import: moved`,
  ),
];

function rival(table: string, columns: string, row: (number: number) => string) {
  return { table, columns, path: file(table, columns, row) };
}

async function empty(db: Db): Promise<void> {
  await sql`TRUNCATE newsletters, subscribers, subscriptions, consent_records RESTART IDENTITY CASCADE`.execute(
    db,
  );
  await sql`INSERT INTO newsletters (slug, name, from_name, from_address) VALUES ('w', 'W', 'W', 'w@example.org')`.execute(
    db,
  );
}

/** Seconds. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return (performance.now() - start) / 1000;
}

async function copies(db: Db): Promise<number[]> {
  await empty(db);
  const seconds: number[] = [];
  for (const { table, columns, path } of rivals) {
    const copy = sql.raw(`COPY ${table} (${columns}) FROM '${path}' (FORMAT csv, HEADER)`);
    seconds.push(await timed(() => copy.execute(db)));
  }
  return seconds;
}

/** The file as it is, into a table that has nothing but its columns. */
async function copyOfFile(db: Db): Promise<number> {
  await sql`DROP TABLE IF EXISTS plain_copy`.execute(db);
  await sql`CREATE TABLE plain_copy (email text, name text)`.execute(db);
  return timed(() => sql.raw(`COPY plain_copy FROM '${imported}' (FORMAT csv, HEADER)`).execute(db));
}

async function ours(db: Db): Promise<number> {
  await empty(db);
  const keys = new Keys(['a-secret-for-the-bench-of-32-bytes-or-more']);
  const clock = { monotonic: () => performance.now(), sleep: async () => {} };
  const file = { name: imported, open: () => createReadStream(imported, { highWaterMark: 256 * 1024 }) };
  return timed(() => importSubscribers({ db, keys, clock }, [file], { newsletterId: 1, source: 'moved' }));
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const database = await createTestDatabase();
try {
  const runs: { our: number; three: number; file: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const [one = 0, two = 0, three = 0] = await copies(database.db);
    const before = await copyOfFile(database.db);
    const our = await ours(database.db);
    const after = await copyOfFile(database.db);
    runs.push({ our, file: (before + after) / 2, three: one + two + three });
  }
  const report = {
    people: PEOPLE,
    importPerSecond: Math.round(PEOPLE / median(runs.map(({ our }) => our))),
    copyPerSecond: Math.round(PEOPLE / median(runs.map(({ three }) => three))),
    ratio: Number(median(runs.map(({ our, three }) => three / our)).toFixed(2)),
    hold: 0.25,
    timesCopyOfFile: Number(median(runs.map(({ our, file }) => our / file)).toFixed(1)),
    holdTimesCopyOfFile: 60,
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} finally {
  await database.drop();
  rmSync(folder, { recursive: true });
}
