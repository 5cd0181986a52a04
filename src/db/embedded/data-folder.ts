/** Prepares the data folder before a start: where the data are, and as which user PostgreSQL accesses them. */
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

export interface DataFolder {
  readonly path: string;
  readonly account: Account;
  readonly binaries: Binaries;
  /** The whole environment of PostgreSQL's programs. */
  readonly env: Record<string, string>;
}

/** Tells the operator something in one sentence. */
export type Tell = (sentence: string) => void;

/** The path of the data: in the folder, or where they had to move. */
export async function dataPath(folder: Folder): Promise<string> {
  return join((await readNote(folder.moved)) ?? folder.root, 'data');
}

export async function prepareDataFolder(
  folder: Folder,
  machine: Machine,
  found: Binaries,
  tell: Tell,
): Promise<DataFolder> {
  const account = await chooseAccount(machine, await ownerOf(folder));
  if (account.kind === 'other') await allowTraversal(folder.root, account);
  const location = await chooseLocation(folder, machine, account, tell);
  const path = join(location, 'data');
  if (account.kind === 'other') await giveOwnership(path, account, tell);
  const reachable = await canReach(account, machine, program(found, 'postgres'));
  const binaries = reachable ? found : await copyBinaries(found, location);
  const libraries = await linkLibraries(binaries, join(location, 'libraries'));
  return { path, account, binaries, env: { PATH: TOOLS_PATH, TZ: 'UTC', LC_ALL: 'C', ...libraries } };
}

/** PostgreSQL opens only data of its own major version. */
export async function refuseOtherMajor(data: string, binaries: Binaries): Promise<void> {
  const version = await readNote(join(data, 'PG_VERSION'));
  if (version === null || Number(version) === binaries.major) return;
  throw new Refused(
    'embedded-major',
    `the embedded database in ${data} was created by PostgreSQL ${version}, and this Postrider comes with PostgreSQL ${binaries.major}, which cannot open it. Back it up with the Postrider that created it (\`postrider backup FILE\`), move the folder ${dirname(data)} away, then run \`postrider restore FILE\`; or run a PostgreSQL ${version} server on it and set DATABASE_URL.`,
  );
}

/** The owner of the data or, while there are none, of the folder that will hold them. */
async function ownerOf(folder: Folder): Promise<number> {
  const data = await dataPath(folder);
  return (await stat(existsSync(data) ? data : folder.root)).uid;
}

async function chooseLocation(
  folder: Folder,
  machine: Machine,
  account: Account,
  tell: Tell,
): Promise<string> {
  const moved = await readNote(folder.moved);
  if (moved && !existsSync(moved)) throw missingData(folder, moved);
  if (!moved && (await canReach(account, machine, folder.root))) return folder.root;
  const location = moved ?? join(machine.fallbackFolder, digest(folder.root));
  await mkdir(location, { recursive: true, mode: 0o711 });
  if (!moved) {
    await writeNote(folder.moved, location);
    tell(
      `The embedded database's data are in ${location}, because PostgreSQL, which does not run as root, cannot enter ${folder.root}. Back up both.`,
    );
  }
  await moveData(join(folder.root, 'data'), join(location, 'data'));
  return location;
}

/** Starting with an empty database instead would hide the loss. */
function missingData(folder: Folder, location: string): Refused {
  return new Refused(
    'embedded-moved',
    `the embedded database's data were moved to ${location} (see ${folder.moved}), and that folder is missing. Bring it back, or delete ${folder.moved} to begin with an empty database.`,
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Safe against being killed: at any moment the complete data are in one of both places. */
async function moveData(from: string, to: string): Promise<void> {
  if (existsSync(to) || !existsSync(from)) return;
  const draft = `${to}.copy`;
  await rm(draft, { recursive: true, force: true });
  await cp(from, draft, { recursive: true, preserveTimestamps: true });
  await rename(draft, to);
  await rm(from, { recursive: true });
}

type OtherAccount = Account & { kind: 'other' };

/** The folder's own files stay ours, but PostgreSQL's user can pass through to the data. */
async function allowTraversal(root: string, account: OtherAccount): Promise<void> {
  if ((await stat(root)).uid !== account.user.uid) await chmod(root, 0o711);
}

async function giveOwnership(data: string, { user }: OtherAccount, tell: Tell): Promise<void> {
  const exists = existsSync(data);
  if (exists && (await stat(data)).uid === user.uid) return;
  if (exists) await run('chown', ['-R', `${user.uid}:${user.gid}`, data], { env: { PATH: TOOLS_PATH } });
  tell(
    `PostgreSQL does not run as root, and user namespaces are forbidden here, so it runs as the user ${user.name}, who now owns ${data}.`,
  );
}
