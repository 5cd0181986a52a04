/** Files that a person names: only what is a file is read, and a failure says what is there instead. */
import { constants, createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { Readable } from 'node:stream';
import type { FolderReader } from '../authoring/source/folder-reader.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file: a part of its path is no folder',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'this process has too many files open',
  EIO: 'the disk reports an error',
};

/** Completes "FILE: cannot be read: ...". */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? ''] ?? message;
}

/** `<(command)` of a shell: a pipe that somebody writes into. */
const SHELL_PIPE = /^\/(?:dev|proc\/(?:self|\d+))\/fd\/\d+$/;

/**
 * A file from its beginning. Rejects for a folder, and for a named pipe, a socket or a device: opening one may wait
 * for ever.
 */
export async function streamFile(path: string): Promise<Readable> {
  const found = await stat(path);
  if (found.isDirectory()) throw Object.assign(new Error(WORDS.EISDIR), { code: 'EISDIR' });
  if (!found.isFile() && !(found.isFIFO() && SHELL_PIPE.test(path)))
    throw new Error(
      `it is ${found.isFIFO() ? 'a named pipe' : found.isSocket() ? 'a socket' : 'a device'}, no file`,
    );
  return createReadStream(path);
}

/**
 * The bytes of a file within `folder`, links followed. Null when it is not there. Rejects with words that complete
 * "the picture ...": it is no file, too large, or a link leads out of the folder.
 */
export async function readWithin(folder: string, path: string, maxBytes: number): Promise<Buffer | null> {
  const real = await realWithin(folder, path);
  if (real === null) return null;
  // Not blocking: what lies there may have become a named pipe meanwhile.
  const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { size, isFile } = await file
      .stat()
      .then((found) => ({ size: found.size, isFile: found.isFile() }));
    if (!isFile) throw new Error('is no file');
    if (size > maxBytes) throw new Error(`has ${size} bytes, at most ${maxBytes} are read; make it smaller`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/**
 * The path of a file within `folder`, links followed. Null when it is not there. Rejects, as `readWithin` does, when a
 * link leads out of the folder.
 */
export async function realWithin(folder: string, path: string): Promise<string | null> {
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
