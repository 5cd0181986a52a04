/** Files that a person names: only regular files are read, and an error says what is there instead. */
import { constants, createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { FolderReader } from '../authoring/source/folder-reader.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: part of its path is not a folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'this process has too many files open',
  EIO: 'the disk reports an error',
};

/** Completes "FILE: cannot be read: ...". */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}

/** `<(command)` in a shell: a pipe with a writer. */
const SHELL_PIPE = /^\/(?:dev|proc\/(?:self|\d+))\/fd\/\d+$/;

/** Streams a file. Rejects for a folder, and for a named pipe, a socket or a device: opening one may block for ever. */
export async function streamFile(path: string): Promise<Readable> {
  const found = await stat(path);
  if (found.isDirectory()) throw Object.assign(new Error(WORDS.EISDIR), { code: 'EISDIR' });
  if (!found.isFile() && !(found.isFIFO() && SHELL_PIPE.test(path)))
    throw new Error(
      `it is ${found.isFIFO() ? 'a named pipe' : found.isSocket() ? 'a socket' : 'a device'}, not a file`,
    );
  return createReadStream(path);
}

/**
 * Reads a file within `folder`, following links. Null when it does not exist. Rejects with words that complete "the
 * picture ...": it is not a file, it is too large, or a link leads out of the folder.
 */
async function readWithin(folder: string, path: string, maxBytes: number): Promise<Buffer | null> {
  const real = await realWithin(folder, path);
  if (real === null) return null;
  // Non-blocking: the path may have become a named pipe in the meantime.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size, isFile } = await file
      .stat()
      .then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) throw new Error('is not a file');
    if (size > maxBytes) throw new Error(`has ${size} bytes, at most ${maxBytes} are read; make it smaller`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * The real path of a file within `folder`, following links. Null when it does not exist. Rejects, as `readWithin` does,
 * when a link leads out of the folder.
 */
async function realWithin(folder: string, path: string): Promise<string | null> {
  const [home, real] = await Promise.all([realpath(folder), realpath(path).catch(() => null)]);
  if (real !== null && !real.startsWith(home + sep))
    throw new Error('is a link that leads out of the folder of the issue');
  return real;
}

/** The files of this machine, for authoring. */
export const diskFolders: FolderReader = {
  readWithin,
  realWithin,
  realPath: (path) => realpath(path),
  async kindOf(path) {
    const found = await stat(path).catch(() => null);
    return found && (found.isFile() ? 'file' : 'other');
  },
  whyUnreadable,
};
