import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openEmbedded } from '../../../src/db/embedded/open.ts';
import { until } from '../../helpers/until.ts';
import {
  initdbsOn,
  newHome,
  openClient,
  options,
  processRuns,
  query,
  serverPid,
  serversOn,
  startClient,
  untilGone,
} from './fixtures.ts';

describe('several processes on one embedded database', () => {
  it('ten that start at the very same time on an empty folder end with one server and ten connected', async () => {
    const home = await newHome();
    const clients = await Promise.all(Array.from({ length: 10 }, () => openClient(home)));
    expect(new Set(clients.map(({ url }) => url)).size).toBe(1);
    expect(await serversOn(home)).toHaveLength(1);
    for (const { url } of clients) expect(await query(url, 'SELECT 1 AS one')).toHaveLength(1);
    const ends = await Promise.all(clients.map(({ process }) => process.stop()));
    expect(ends.map(({ code }) => code)).toEqual(Array(10).fill(0));
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('the server stays until the last one leaves, whoever started it', async () => {
    const home = await newHome();
    const starter = await openClient(home);
    const other = await openClient(home);
    const pid = serverPid(home) as number;
    await starter.process.stop();
    expect(await query(other.url, 'SELECT 1 AS one')).toHaveLength(1);
    expect(serverPid(home)).toBe(pid);
    await other.process.stop();
    expect(processRuns(pid)).toBe(false);
  });

  it('one leaves as another comes, again and again, and none ever fails', async () => {
    const home = await newHome();
    const rounds = Array.from({ length: 4 }, async (_, lane) => {
      for (let round = 0; round < 15; round++) {
        const database = await openEmbedded(options(home));
        expect(await query(database.url, `SELECT ${lane} AS lane`)).toEqual([{ lane }]);
        await database.close();
      }
    });
    await Promise.all(rounds);
    expect(await serversOn(home)).toHaveLength(0);
    expect(await readdir(join(home, 'postgres', 'clients'))).toEqual([]);
  });

  it('the same with processes: five come and go at random', async () => {
    const home = await newHome();
    const lanes = Array.from({ length: 5 }, async () => {
      for (let round = 0; round < 3; round++) {
        const { process, url } = await openClient(home);
        expect(await query(url, 'SELECT 1 AS one')).toHaveLength(1);
        expect(await process.stop()).toMatchObject({ code: 0 });
      }
    });
    await Promise.all(lanes);
    expect(await serversOn(home)).toHaveLength(0);
  });

  it('Ctrl-C at the terminal of a client does not reach the server', async () => {
    const home = await newHome();
    const { process } = await openClient(home);
    const session = async (pid: number) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3];
    };
    const pid = serverPid(home) as number;
    expect(await session(pid)).toBe(String(pid));
    expect(await session(process.pid)).not.toBe(String(pid));
  });

  it('a killed client does not keep the server from stopping when the others have left', async () => {
    const home = await newHome();
    const [killed, other] = await Promise.all([openClient(home), openClient(home)]);
    const pid = serverPid(home) as number;
    killed.process.kill('SIGKILL');
    await killed.process.ended;
    expect(await query(other.url, 'SELECT 1 AS one')).toHaveLength(1);
    await other.process.stop();
    expect(processRuns(pid)).toBe(false);
  });

  it('a process killed while it starts the database leaves the lock free for the next', async () => {
    const home = await newHome();
    for (const wait of [0, 60, 250, 700, 900]) {
      const process = startClient(home);
      await until('it got some way', async () => (await readdir(home).catch(() => [])).length > 0);
      await until(`it ran ${wait} ms more`, elapsed(wait));
      process.kill('SIGKILL');
      await process.ended;
    }
    const { process, url } = await openClient(home);
    expect(await query(url, 'SELECT 1 AS one')).toHaveLength(1);
    expect(await serversOn(home)).toHaveLength(1);
    await process.stop();
    await until('no initdb outlives its starter', async () => (await initdbsOn(home)).length === 0);
    const next = await openClient(home);
    await next.process.stop();
    expect((await readdir(join(home, 'postgres'))).filter((name) => name.includes('.new-'))).toEqual([]);
  });

  it('when all clients were killed the server is adopted by the next, and stopped when that leaves', async () => {
    const home = await newHome();
    const clients = await Promise.all([openClient(home), openClient(home)]);
    const pid = serverPid(home) as number;
    for (const { process } of clients) process.kill('SIGKILL');
    await Promise.all(clients.map(({ process }) => untilGone(process.pid)));
    const next = await openClient(home);
    expect(serverPid(home)).toBe(pid);
    await next.process.stop();
    expect(processRuns(pid)).toBe(false);
  });
});

function elapsed(ms: number): () => boolean {
  const from = performance.now();
  return () => performance.now() - from >= ms;
}
