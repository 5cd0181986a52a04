/** Where the data stand and as whom PostgreSQL works on them: settled before a start, under whatever rights there are. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Refused } from '../../errors.ts';
import { type Account, canReach, chooseAccount } from './account.ts';
import { type Binaries, copyBinaries, linkLibraries, program } from './binaries.ts';
import { type Folder, readNote, writeNote } from './folder.ts';
import { type Machine, TOOLS_PATH } from './machine.ts';

const run = promisify(execFile);

export interface Site {
  readonly data: string;
  readonly account: Account;
  readonly binaries: Binaries;
  /** All that PostgreSQL's programs see of an environment. */
  readonly env: Record<string, string>;
}

/** What a person must be told: one sentence. */
export type Tell = (sentence: string) => void;

/** The data's path: in the folder, or where they had to move. */
export async function dataOf(folder: Folder): Promise<string> {
  return join((await readNote(folder.moved)) ?? folder.root, 'data');
}

export async function settleSite(
  folder: Folder,
  machine: Machine,
  found: Binaries,
  tell: Tell,
): Promise<Site> {
  const account = await chooseAccount(machine, await ownerOf(folder));
  if (account.kind === 'other') await letPass(folder.root, account);
  const place = await reachablePlace(folder, machine, account, tell);
  const data = join(place, 'data');
  if (account.kind === 'other') await handOver(data, account, tell);
  const reachable = await canReach(account, machine, program(found, 'postgres'));
  const binaries = reachable ? found : await copyBinaries(found, place);
  const libraries = await linkLibraries(binaries, join(place, 'libraries'));
  return { data, account, binaries, env: { PATH: TOOLS_PATH, TZ: 'UTC', LC_ALL: 'C', ...libraries } };
}

/** PostgreSQL opens only data of its own major version. */
export async function refuseOtherMajor(data: string, binaries: Binaries): Promise<void> {
  const version = await readNote(join(data, 'PG_VERSION'));
  if (version === null || Number(version) === binaries.major) return;
  throw new Refused(
    'embedded-major',
    `the embedded database in ${data} was made by PostgreSQL ${version}, and this Postrider brings PostgreSQL ${binaries.major}, which cannot open it. Save it with the Postrider that made it (\`postrider backup FILE\`), move the folder ${dirname(data)} away, then \`postrider restore FILE\`; or run a PostgreSQL ${version} server on it and set DATABASE_URL.`,
  );
}

/** Of the data, or while there are none of the folder that will hold them. */
async function ownerOf(folder: Folder): Promise<number> {
  const data = await dataOf(folder);
  return (await stat(existsSync(data) ? data : folder.root)).uid;
}

async function reachablePlace(
  folder: Folder,
  machine: Machine,
  account: Account,
  tell: Tell,
): Promise<string> {
  const moved = await readNote(folder.moved);
  if (moved && !existsSync(moved)) throw lost(folder, moved);
  if (!moved && (await canReach(account, machine, folder.root))) return folder.root;
  const place = moved ?? join(machine.elsewhere, digest(folder.root));
  await mkdir(place, { recursive: true, mode: 0o711 });
  if (!moved) {
    await writeNote(folder.moved, place);
    tell(
      `The embedded database's data stand in ${place}, since PostgreSQL, which does not run as root, cannot enter ${folder.root}. Back up both.`,
    );
  }
  await moveData(join(folder.root, 'data'), join(place, 'data'));
  return place;
}

/** An empty database instead would look as if all was well. */
function lost(folder: Folder, place: string): Refused {
  return new Refused(
    'embedded-moved',
    `the embedded database's data had moved to ${place}, as ${folder.moved} says, and that folder is not there. Bring it back; or delete ${folder.moved} to begin with an empty database.`,
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Safe to be killed in: the data are in one of both places at any moment, whole. */
async function moveData(from: string, to: string): Promise<void> {
  if (existsSync(to) || !existsSync(from)) return;
  const draft = `${to}.copy`;
  await rm(draft, { recursive: true, force: true });
  await cp(from, draft, { recursive: true, preserveTimestamps: true });
  await rename(draft, to);
  await rm(from, { recursive: true });
}

type Other = Account & { kind: 'other' };

/** The folder's files stay ours; the data in it are reached by name. */
async function letPass(root: string, account: Other): Promise<void> {
  if ((await stat(root)).uid !== account.user.uid) await chmod(root, 0o711);
}

async function handOver(data: string, { user }: Other, tell: Tell): Promise<void> {
  const there = existsSync(data);
  if (there && (await stat(data)).uid === user.uid) return;
  if (there) await run('chown', ['-R', `${user.uid}:${user.gid}`, data], { env: { PATH: TOOLS_PATH } });
  tell(
    `PostgreSQL does not run as root, and user namespaces are forbidden here: it runs as the user ${user.name}, to whom ${data} now belongs.`,
  );
}
