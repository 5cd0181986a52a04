import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPool } from '../../../src/db/connection.ts';
import { openEmbedded } from '../../../src/db/embedded/open.ts';
import { until } from '../../helpers/until.ts';
import {
  dataOf,
  newHome,
  openClient,
  options,
  processRuns,
  query,
  serverPid,
  serversOn,
} from './fixtures.ts';

/** Puts the number of a living process that is no server into a left-over postmaster.pid. */
async function reuseServerPid(home: string): Promise<number> {
  const stranger = spawn('sleep', ['600']);
  onTestFinished(() => void stranger.kill());
  await once(stranger, 'spawn');
  const file = join(dataOf(home), 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [stranger.pid, ...lines.slice(1)].join('\n'));
  return stranger.pid as number;
}

async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until(`server ${pid} is gone`, () => !processRuns(pid));
}

describe('the embedded database after a crash', () => {
  it('a server killed under a living client comes back on its port with all that was committed', async () => {
    const home = await newHome();
    const database = await openEmbedded(options(home));
    await query(database.url, 'CREATE TABLE kept AS SELECT 7 AS number');
    for (let round = 0; round < 3; round++) {
      const pid = serverPid(home) as number;
      await killAndWait(pid);
      const rows = await until('it answers again', () => query(database.url, 'SELECT number FROM kept'));
      expect(rows).toEqual([{ number: 7 }]);
      expect(serverPid(home)).not.toBe(pid);
    }
    await database.close();
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('pools of every process go on after the server was killed, with nobody starting anything', async () => {
    const home = await newHome();
    const [one, two] = await Promise.all([openClient(home), openClient(home)]);
    const pools = [one.url, two.url].map((url) =>
      openPool(url, { max: 3, applicationName: 'test', onError: () => {} }),
    );
    for (const pool of pools) await Promise.all([pool.query('SELECT 1'), pool.query('SELECT 2')]);
    await killAndWait(serverPid(home) as number);
    for (const pool of pools) await until('the pool answers', () => pool.query('SELECT 1'));
    expect(await serversOn(home)).toHaveLength(1);
    for (const pool of pools) await pool.end();
    expect((await one.process.stop()).code).toBe(0);
    expect((await two.process.stop()).code).toBe(0);
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('a client that leaves while the server is down leaves cleanly', async () => {
    const home = await newHome();
    const { process: running } = await openClient(home);
    await killAndWait(serverPid(home) as number);
    expect(await running.stop()).toMatchObject({ code: 0 });
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('everything killed at once: the next start recovers', async () => {
    const home = await newHome();
    const { process: running, url } = await openClient(home);
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS number');
    running.kill('SIGKILL');
    await killAndWait(serverPid(home) as number);
    await running.ended;
    const next = await openClient(home);
    expect(await query(next.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    expect((await next.process.stop()).code).toBe(0);
  });

  it('a left-over server number that belongs to another program by now does not stop the start, nor that program', async () => {
    const home = await newHome();
    const { process: running, url } = await openClient(home);
    running.kill('SIGKILL');
    await killAndWait(serverPid(home) as number);
    await running.ended;
    const stranger = await reuseServerPid(home);
    const next = await openClient(home);
    expect(next.url).toBe(url);
    expect(await query(next.url, 'SELECT 1 AS one')).toHaveLength(1);
    expect((await next.process.stop()).code).toBe(0);
    expect(processRuns(stranger)).toBe(true);
  });

  it('a server that somebody stopped by hand comes back while a client needs it', async () => {
    const home = await newHome();
    const database = await openEmbedded(options(home));
    const pid = serverPid(home) as number;
    process.kill(pid, 'SIGINT');
    await until('that server is gone', () => !processRuns(pid));
    await until('it answers again', () => query(database.url, 'SELECT 1'));
    await database.close();
  });

  it('a server told to stop that waits for its clients does not keep newcomers out', async () => {
    const home = await newHome();
    const first = await openEmbedded(options(home));
    const pid = serverPid(home) as number;
    // Without anybody inside it would be gone before it could be seen to wait.
    const { held } = await sleeper(first.url);
    process.kill(pid, 'SIGTERM');
    await until('it says so', async () =>
      (await readFile(join(dataOf(home), 'postmaster.pid'), 'utf8')).includes('stopping'),
    );
    const second = await openEmbedded(options(home));
    expect(await query(second.url, 'SELECT 1 AS one')).toHaveLength(1);
    expect(serverPid(home)).not.toBe(pid);
    expect(await held).toBe('broken');
    await until('the first is back too', () => query(first.url, 'SELECT 1'));
    await first.close();
    await second.close();
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('a start waits for children of a killed server instead of writing beside them', async () => {
    const home = await newHome();
    const { process: running, url } = await openClient(home);
    running.kill('SIGKILL');
    await running.ended;
    const { held, pid } = await sleeper(url);
    process.kill(pid, 'SIGSTOP');
    await killAndWait(serverPid(home) as number);
    const database = openEmbedded(options(home));
    await until('PostgreSQL says why it waits', async () =>
      (await readFile(join(home, 'postgres', 'log'), 'utf8')).includes('still in use'),
    );
    process.kill(pid, 'SIGCONT');
    await (await database).close();
    expect(await held).toBe('broken');
  });
});

/** Somebody inside who does not leave by himself; `held` tells how he ended. */
async function sleeper(url: string): Promise<{ pid: number; held: Promise<unknown> }> {
  const held = query(url, 'SELECT pg_sleep(600)').catch(() => 'broken');
  const pid = await until('the sleeper runs', async () => {
    const rows = await query<{ pid: number }>(
      url,
      `SELECT pid FROM pg_stat_activity WHERE query ~ '^SELECT pg_sleep'`,
    );
    return rows[0]?.pid;
  });
  return { pid, held };
}
