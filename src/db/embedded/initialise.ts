/** A new data folder. Made under another name and put in place when it is whole, so a killed start leaves none half made. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Unavailable } from '../../errors.ts';
import { type Account, asAccount } from './account.ts';
import { OWNER } from './address.ts';
import { program, withoutLoader } from './binaries.ts';
import type { Site } from './data-folder.ts';

const run = promisify(execFile);

/** Also clears what killed starts left: an initdb that outlived its starter may write on beside the start after it. */
export async function initialise(site: Site, password: string): Promise<void> {
  await clearDrafts(site.data);
  if (existsSync(join(site.data, 'PG_VERSION'))) return;
  const draft = `${site.data}.new-${randomBytes(4).toString('hex')}`;
  const passwordFile = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(site.account, [draft, passwordFile]);
  try {
    await initdb(site, draft, passwordFile);
    await rename(draft, site.data);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Collation is PostgreSQL's own and by code point: an upgrade of the system's libraries spoils no index. */
async function initdb(site: Site, folder: string, passwordFile: string): Promise<void> {
  const { file, args, ...account } = asAccount(site.account, program(site.binaries, 'initdb'), [
    `--pgdata=${folder}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  try {
    await run(file, args, { ...account, env: site.env, cwd: dirname(folder) });
  } catch (cause) {
    const lacking = withoutLoader(cause as Error);
    if (lacking) throw lacking;
    const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new Unavailable(`PostgreSQL could not make its data folder ${site.data}: ${said}`, { cause });
  }
}

async function giveTo(account: Account, paths: string[]): Promise<void> {
  if (account.kind !== 'other') return;
  for (const path of paths) await chown(path, account.user.uid, account.user.gid);
}

/** No complaint: what is still being written is left to the next start. */
async function clearDrafts(data: string): Promise<void> {
  const names = await readdir(dirname(data));
  const drafts = names.filter((name) => name.startsWith(`${basename(data)}.new-`));
  for (const name of drafts)
    await rm(join(dirname(data), name), { recursive: true, force: true }).catch(() => {});
}
