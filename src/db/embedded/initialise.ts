/** Creates the data folder. It is built under another name and renamed once complete, so a killed start leaves no half of one. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Unavailable } from '../../errors.ts';
import { type Account, asAccount } from './account.ts';
import { DATABASE_USER } from './address.ts';
import { missingLoader, program } from './binaries.ts';
import type { DataFolder } from './data-folder.ts';

const run = promisify(execFile);

/** Also removes what killed starts left. An initdb that outlived its start may still be writing to a folder of its own. */
export async function initialise(folder: DataFolder, password: string): Promise<void> {
  await clearDrafts(folder.path);
  if (existsSync(join(folder.path, 'PG_VERSION'))) return;
  const draft = `${folder.path}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(folder.account, [draft, passwordFile]);
  try {
    await initdb(folder, draft, passwordFile);
    await rename(draft, folder.path);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The collation is PostgreSQL's own, by code point, so that no upgrade of the system's libraries corrupts an index. */
async function initdb(folder: DataFolder, draft: string, passwordFile: string): Promise<void> {
  const { file, args, ...account } = asAccount(folder.account, program(folder.binaries, 'initdb'), [
    `--pgdata=${draft}`,
    `--username=${DATABASE_USER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  try {
    await run(file, args, { ...account, env: folder.env, cwd: dirname(draft) });
  } catch (cause) {
    const loaderError = missingLoader(cause as Error);
    if (loaderError) throw loaderError;
    const output = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Unavailable(`PostgreSQL could not create its data folder ${folder.path}: ${output}`, { cause });
  }
}

async function giveTo(account: Account, paths: string[]): Promise<void> {
  if (account.kind !== 'other') return;
  for (const path of paths) await chown(path, account.user.uid, account.user.gid);
}

/** Failures are ignored: what is still being written is left to the next start. */
async function clearDrafts(data: string): Promise<void> {
  const names = await readdir(dirname(data));
  const drafts = names.filter((name) => name.startsWith(`${basename(data)}.new-`));
  for (const name of drafts)
    await rm(join(dirname(data), name), { recursive: true, force: true }).catch(() => {});
}
