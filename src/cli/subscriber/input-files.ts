/** Opens files named on the command line so that an import can read them more than once. */
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImportFile } from '../../audience/import/files.ts';
import { Refused, Usage } from '../../errors.ts';

const CHUNK = 256 * 1024;

/** `-` is standard input. Throws Refused('unreadable-file'). The caller closes them. */
export async function openInputs(
  names: readonly string[],
): Promise<{ files: ImportFile[]; close(): Promise<void> }> {
  if (names.filter((name) => name === '-').length > 1)
    throw new Usage('"-" is standard input and can be given only once');
  const copies: FileHandle[] = [];
  const close = async () => {
    for (const copy of copies) await copy.close();
  };
  try {
    const files: ImportFile[] = [];
    for (const name of names) files.push(await openInput(name, copies));
    return { files, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openInput(name: string, copies: FileHandle[]): Promise<ImportFile> {
  if (await isRegular(name)) return { name, open: () => reading(name) };
  const copy = await copyPipe(name);
  copies.push(copy);
  return {
    name: name === '-' ? '' : name,
    open: () => copy.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK }),
  };
}

async function isRegular(name: string): Promise<boolean> {
  if (name === '-') return false;
  try {
    const found = await stat(name);
    if (found.isDirectory())
      throw new Refused('unreadable-file', `expected a file, found the folder ${name}`);
    return found.isFile();
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function* reading(name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(name, { highWaterMark: CHUNK });
  } catch (error) {
    throw unreadable(name, error);
  }
}

/**
 * Copies a pipe, which can be read only once. The copy is unlinked before the first address is written, so that nothing
 * is left behind.
 */
async function copyPipe(name: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-import-'));
  try {
    const copy = await open(join(folder, 'input'), 'wx+', 0o600);
    await rm(folder, { recursive: true });
    await pipeline(
      name === '-' ? process.stdin : createReadStream(name),
      createWriteStream('', { fd: copy.fd, autoClose: false, start: 0 }),
    );
    return copy;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw unreadable(name, error);
  }
}

function unreadable(name: string, cause: unknown): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (cause instanceof Refused || code === undefined) return cause;
  return new Refused('unreadable-file', `expected a file that can be read, found ${name} (${code})`, {
    cause,
  });
}
