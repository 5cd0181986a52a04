import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { migrations } from '../../src/db/migrate.ts';
import { root } from '../helpers/processes.ts';
import { emptyDatabase } from './empty.ts';

const run = promisify(execFile);

it('ten processes that migrate at once: one applies, nine find it done', async () => {
  const { url, db } = await emptyDatabase();
  const script = `
    import { openDb, openPool } from '${root}dist/src/db/connection.js';
    import { migrate } from '${root}dist/src/db/migrate.js';
    const pool = openPool('${url}', { max: 2, applicationName: 'test', onError() {} });
    console.log(JSON.stringify(await migrate(openDb(pool))));
    await pool.end();`;
  const node = () => run(process.execPath, ['--input-type=module', '-e', script]);
  const ends = await Promise.all(Array.from({ length: 10 }, node));
  const applied = ends.flatMap(({ stdout }) => JSON.parse(stdout) as number[]);
  expect(applied).toEqual(migrations.map(({ version }) => version));
  const { rows } = await sql`SELECT version FROM schema_versions`.execute(db);
  expect(rows).toHaveLength(migrations.length);
});
