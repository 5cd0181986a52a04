/** The embedded database's subfolder of the data folder, and the small files in it that only the owner can read. */
import { randomBytes } from 'node:crypto';
import {
  access,
  chown,
  constants,
  mkdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refused } from '../../errors.ts';

export interface Folder {
  /** `<home>/postgres`, without symbolic links: a running server is recognised by this path. */
  readonly root: string;
  /** PostgreSQL's standard error. */
  readonly log: string;
  readonly port: string;
  readonly password: string;
  /** Holds the path of the data when they could not stay in this folder. */
  readonly moved: string;
  readonly clients: string;
  readonly lock: string;
}

export async function openFolder(home: string): Promise<Folder> {
  const wanted = join(home, 'postgres');
  try {
    await mkdir(home, { recursive: true });
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    await access(wanted, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new Refused('embedded-folder', await whyUnusable(wanted, cause), { cause });
  }
  const root = await realpath(wanted);
  const at = (name: string) => join(root, name);
  return {
    root,
    log: at('log'),
    port: at('port'),
    password: at('password'),
    moved: at('moved'),
    clients: at('clients'),
    lock: at('lock'),
  };
}

async function whyUnusable(path: string, cause: unknown): Promise<string> {
  const owner = await stat(path).then(
    (found) => ` belongs to uid ${found.uid} and`,
    () => '',
  );
  const me = process.getuid ? ` as uid ${process.getuid()}` : '';
  return `the folder of the embedded database ${path}${owner} cannot be used${me} (${(cause as Error).message}). Run as its owner, set POSTRIDER_HOME to another folder, or use a server of your own with DATABASE_URL.`;
}

/** Null when there is no such file. */
export async function readNote(file: string): Promise<string | null> {
  return readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    },
  );
}

/** Written atomically and readable by the owner only; under root the file belongs to the owner of the folder. */
export async function writeNote(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${text}\n`, { mode: 0o600 });
  if (process.getuid?.() === 0) {
    const { uid, gid } = await stat(dirname(file));
    await chown(draft, uid, gid);
  }
  await rename(draft, file);
}

/** The password of the folder's database, generated when there is none yet. */
export async function passwordOf(folder: Folder): Promise<string> {
  const known = await readNote(folder.password);
  if (known) return known;
  await writeNote(folder.password, randomBytes(24).toString('base64url'));
  return (await readNote(folder.password)) as string;
}
