/** Decodes a CSV file from any program: UTF-8, UTF-16, or GB18030, which Excel writes in China. */

/** Enough to contain some lines that are not ASCII. */
const SAMPLE_BYTES = 256 * 1024;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

/** Decodes a stream; invalid bytes become U+FFFD, and a byte order mark is removed. */
export async function* readText(source: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head: Uint8Array[] = [];
  for await (const chunk of source) {
    if (decoder) {
      yield decoder.decode(chunk, { stream: true });
      continue;
    }
    head.push(chunk);
    const sample = Buffer.concat(head);
    if (sample.length < SAMPLE_BYTES) {
      head = [sample];
      continue;
    }
    decoder = new TextDecoder(detectEncoding(sample));
    yield decoder.decode(sample, { stream: true });
  }
  const rest = Buffer.concat(decoder ? [] : head);
  yield (decoder ?? new TextDecoder(detectEncoding(rest))).decode(rest);
}

function detectEncoding(sample: Buffer): Encoding {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  if (sample[0] !== 0 && sample[1] === 0 && sample[3] === 0) return 'utf-16le';
  const lines = sample.subarray(0, sample.lastIndexOf(0x0a) + 1 || sample.length);
  return isUtf8(lines) || !looksChinese(lines) ? 'utf-8' : 'gb18030';
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * The common characters of GB18030 are two bytes from 0xA1 up, so runs of high bytes have an even length. In Latin-1 an
 * accented letter usually stands alone between ASCII letters; read as GB18030 it would swallow the letter after it.
 */
function looksChinese(bytes: Buffer): boolean {
  const runs = bytes.toString('latin1').match(/[\x80-\xff]+/g) ?? [];
  const even = runs.filter((run) => run.length % 2 === 0 && !/[\x80-\xa0]/.test(run));
  return even.length >= runs.length * 0.9;
}
