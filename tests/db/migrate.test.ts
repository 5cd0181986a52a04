import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { type Migration, migrate, migrations, readSchema, refuseUnusable } from '../../src/db/migrate.ts';
import { limit } from '../helpers/machine.js';
import { until } from '../helpers/until.ts';
import { emptyDatabase } from './empty.ts';

function migration(version: number, text: string, compatible = 1): Migration {
  return { version, name: `step ${version}`, compatible, sql: text };
}

const first = migration(1, 'CREATE TABLE books (title text); INSERT INTO books VALUES ($$one$$)');
const second = migration(2, 'ALTER TABLE books ADD COLUMN pages int');

async function tables(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`SELECT tablename AS name FROM pg_tables
    WHERE schemaname = 'public' ORDER BY 1`.execute(db);
  return rows.map(({ name }) => name);
}

describe('migrations', () => {
  it('are numbered without gaps, each compatible with something that exists', () => {
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
    for (const { version, compatible } of migrations) expect(compatible).toBeLessThanOrEqual(version);
  });

  it('applied twice are applied once', async () => {
    const { db } = await emptyDatabase();
    expect(await readSchema(db)).toEqual({ version: 0, compatible: 0, origin: null });
    expect(await migrate(db)).toEqual(migrations.map(({ version }) => version));
    expect(await migrate(db)).toEqual([]);
    expect((await readSchema(db)).version).toBe(migrations.length);
  });

  it('ten that ask at once on ten connections: one applies, nine find it done', async () => {
    const { db } = await emptyDatabase();
    const applied = await Promise.all(Array.from({ length: 10 }, () => migrate(db)));
    expect(applied.flat()).toEqual(migrations.map(({ version }) => version));
  });

  it('go on where an older release stopped', async () => {
    const { db } = await emptyDatabase();
    expect(await migrate(db, [first])).toEqual([1]);
    expect(await migrate(db, [first, second])).toEqual([2]);
    const { rows } = await sql`SELECT title, pages FROM books`.execute(db);
    expect(rows).toEqual([{ title: 'one', pages: null }]);
  });

  it('one that fails leaves nothing behind, not even those before it', async () => {
    const { db } = await emptyDatabase();
    const broken = migration(2, 'CREATE TABLE half (); SELECT no_such_function()');
    await expect(migrate(db, [first, broken])).rejects.toThrow('no_such_function');
    expect(await tables(db)).toEqual([]);
    expect(await migrate(db, [first, second])).toEqual([1, 2]);
  });

  it('one that must wait for a busy table comes back for it and holds nobody up meanwhile', async () => {
    const { db } = await emptyDatabase();
    await migrate(db, [first]);
    let applied: number[] | undefined;
    const reader = await startReading(db);
    const migrating = migrate(db, [first, second]).then((versions) => {
      applied = versions;
    });
    await until('the migration waits for the table', () => waiters(db));
    const startedAt = performance.now();
    await sql`SELECT title FROM books`.execute(db);
    expect(performance.now() - startedAt).toBeLessThan(limit(5_000));
    expect(applied).toBeUndefined();
    await reader.stop();
    await migrating;
    expect(applied).toEqual([2]);
  });
});

async function startReading(db: Db): Promise<{ stop(): Promise<void> }> {
  let stop = () => {};
  const until = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let started = () => {};
  const reading = new Promise<void>((resolve) => {
    started = resolve;
  });
  const over = db.transaction().execute(async (trx) => {
    await sql`SELECT title FROM books`.execute(trx);
    started();
    await until;
  });
  await reading;
  return {
    async stop() {
      stop();
      await over;
    },
  };
}

async function waiters(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_locks WHERE NOT granted AND relation = 'books'::regclass`.execute(
    db,
  );
  return rows.length > 0;
}

describe('a process of an older release', () => {
  const newer = migration(3, 'CREATE TABLE shelves ()', 1);
  const breaking = migration(4, 'DROP TABLE books', 4);

  it('may run on a newer schema that is compatible with it, and migrates nothing', async () => {
    const { db } = await emptyDatabase();
    await migrate(db, [first, second, newer]);
    const found = await readSchema(db);
    expect(() => refuseUnusable(found, [first])).not.toThrow();
    expect(await migrate(db, [first])).toEqual([]);
  });

  it('is refused on one that is not, with what it found and what to do', async () => {
    const { db } = await emptyDatabase();
    await migrate(db, [first, second, newer, breaking]);
    const found = await readSchema(db);
    expect(found).toEqual({ version: 4, compatible: 4, origin: 'step 1' });
    expect(() => refuseUnusable(found, [first, second])).toThrow(/schema 4.*knows 2.*Upgrade/s);
    await expect(migrate(db, [first, second])).rejects.toMatchObject({ code: 'schema-newer' });
  });
});

describe('a database of a pre-release', () => {
  it('is refused with what was found and what to do, and nothing in it changes', async () => {
    const { db } = await emptyDatabase();
    const preRelease = { ...migration(1, 'CREATE TABLE subscribers (email text)'), name: 'ground' };
    await migrate(db, [preRelease, migration(2, 'CREATE TABLE windows ()')]);
    const refusal = {
      code: 'schema-prerelease',
      message: expect.stringMatching(/schema 2 .*"ground".*export.*import/s),
    };
    await expect(migrate(db)).rejects.toMatchObject(refusal);
    const found = await readSchema(db);
    expect(() => refuseUnusable(found)).toThrow(expect.objectContaining(refusal));
    expect(await tables(db)).toEqual(['schema_versions', 'subscribers', 'windows']);
  });
});
