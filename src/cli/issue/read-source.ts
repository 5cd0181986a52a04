/** An issue's source from a file that a person names, or from standard input. */
import {
  decodeSource,
  MAX_FILE_BYTES,
  type SourceFile,
  STANDARD_INPUT,
  sourceFile,
} from '../../authoring/source/source-file.ts';
import { Refused } from '../../errors.ts';
import { streamFile, whyUnreadable } from '../../io/files.ts';

/** `base`: where its pictures are, if not beside the file. Refuses what cannot be read, and what is not UTF-8. */
export async function readSource(file: string, base: string | null = null): Promise<SourceFile> {
  return sourceFile(file, decodeSource(file, await readBytes(file)), base);
}

async function readBytes(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const stream = file === STANDARD_INPUT ? process.stdin : await streamFile(file);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MAX_FILE_BYTES)
        throw new Refused('source-too-large', `${file}: expected an issue of at most 1 MB, found over 16 MB`);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof Refused) throw cause;
    throw new Refused('unreadable', `${file}: cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
  return Buffer.concat(pieces);
}
