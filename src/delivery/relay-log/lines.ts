/** The lines of a log of any size: plain or gzip, chunk by chunk, so that memory stays flat. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A longer line is no log line; it is cut, so that a file without line ends does not fill the memory. */
const MAX_LINE_BYTES = 65_536;

const GZIP = Buffer.from([0x1f, 0x8b]);

/** Yields lines in batches, as they are read. Invalid UTF-8 becomes U+FFFD. */
export async function* linesOf(file: Readable): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of unpacked(file)) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop()!.slice(0, MAX_LINE_BYTES);
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield [rest];
}

/** Recognised by the first two octets, whatever the file is called. */
async function* unpacked(file: Readable): AsyncGenerator<Buffer> {
  const chunks = file[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const head = await chunks.next();
  if (head.done) return;
  const whole = Readable.from(from(head.value, chunks), { objectMode: false });
  yield* head.value.subarray(0, 2).equals(GZIP) ? pipeline(whole, createGunzip(), () => {}) : whole;
}

async function* from(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}
