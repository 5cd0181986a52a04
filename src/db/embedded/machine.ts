/**
 * What the embedded database must know about the machine it runs on. Passed in, so that tests can simulate another one.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The PATH of programs started for the database; nothing else of our environment reaches them. */
export const TOOLS_PATH = '/usr/local/bin:/usr/bin:/bin';

export interface Machine {
  /** As the packages of binaries are named: `linux-x64`, `darwin-arm64`, `windows-x64`. */
  readonly platform: string;
  /** The module from which packages are resolved: in its `node_modules` and those above. */
  readonly modules: string;
  /** Null on Windows. */
  readonly uid: number | null;
  /** False for a uid without a name, as containers may run: PostgreSQL refuses it. */
  readonly named: boolean;
  /** Where the data go when PostgreSQL's user cannot enter the data folder. */
  readonly fallbackFolder: string;
  /** Whether a process can get a user namespace in which it has this user's uid. */
  canMap(user: User): Promise<boolean>;
  /** A user of `/etc/passwd` by name or uid. */
  findUser(wanted: string | number): Promise<User | null>;
}

export interface User {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export function thisMachine(): Machine {
  return {
    platform: `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`,
    modules: import.meta.url,
    uid: process.getuid?.() ?? null,
    named: hasName(),
    fallbackFolder: '/var/lib/postrider',
    canMap: (user) => succeeds('unshare', [...mappedTo(user), 'true']),
    findUser,
  };
}

/** The arguments with which `unshare` runs a command as this user, without any extra rights. */
export function mappedTo(user: User): string[] {
  return ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`];
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

async function succeeds(command: string, args: string[]): Promise<boolean> {
  return run(command, args, { env: { PATH: TOOLS_PATH } }).then(
    () => true,
    () => false,
  );
}

async function findUser(wanted: string | number): Promise<User | null> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const users = lines.map((line) => line.split(':')).filter((fields) => fields.length >= 4);
  const found = users.find(([name, , uid]) => name === wanted || Number(uid) === wanted);
  return found ? { name: found[0] as string, uid: Number(found[2]), gid: Number(found[3]) } : null;
}
