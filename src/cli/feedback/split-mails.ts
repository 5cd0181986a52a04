/** Splits a stream of bytes into mails: one, or the many of an mbox. */

/** Of each mail; the reader of reports looks at no more. The rest of a longer one is passed over. */
const MAX_BYTES = 1024 * 1024;
const FROM = Buffer.from('\nFrom ');
/** `From ann@example.org  Tue Dec  1 10:00:00 2026`: what a mail itself may hold has no date behind it. */
const FROM_LINE = /^From .{0,320}\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.{0,40}\d{4}/;
const MAX_FROM_LINE = 400;

/** Nothing for an empty stream. A stream that does not begin with a `From ` line is one mail. */
export async function* splitMails(bytes: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let isMbox: boolean | null = null;
  for await (const chunk of bytes) {
    held = Buffer.concat([held, Buffer.from(chunk as Buffer)]);
    if (isMbox === null && held.length > MAX_FROM_LINE) isMbox = beginsMbox(held);
    if (isMbox === null) continue;
    if (isMbox) {
      const { mails, rest } = cut(held);
      yield* mails;
      held = rest;
    }
    held = shortened(held, isMbox);
  }
  const { mails, rest } = isMbox !== false && beginsMbox(held) ? cut(held) : { mails: [], rest: held };
  yield* mails;
  if (rest.length > 0) yield withinLimit(rest);
}

const beginsMbox = (bytes: Buffer): boolean => FROM_LINE.test(bytes.toString('latin1', 0, MAX_FROM_LINE));

/** Cuts off every mail whose end is known: the `From ` line of the next one follows an empty line. */
function cut(bytes: Buffer): { mails: Buffer[]; rest: Buffer } {
  const mails: Buffer[] = [];
  let start = 0;
  let at = bytes.indexOf(FROM);
  while (at >= 0) {
    if (at + MAX_FROM_LINE > bytes.length && !bytes.includes('\n', at + 1)) break;
    if (
      isEmptyLineBefore(bytes, at) &&
      FROM_LINE.test(bytes.toString('latin1', at + 1, at + MAX_FROM_LINE))
    ) {
      mails.push(withinLimit(bytes.subarray(start, at)));
      start = at + 1;
    }
    at = bytes.indexOf(FROM, at + 1);
  }
  return { mails, rest: bytes.subarray(start) };
}

const isEmptyLineBefore = (bytes: Buffer, at: number): boolean =>
  bytes[at - 1] === 0x0a || (bytes[at - 1] === 0x0d && bytes[at - 2] === 0x0a);

/** Memory stays flat in a mail of any length: its middle is dropped, the last bytes may begin a `From ` line. */
function shortened(held: Buffer, isMbox: boolean): Buffer {
  if (held.length <= 2 * MAX_BYTES) return held;
  const end = isMbox ? held.subarray(held.length - MAX_FROM_LINE) : Buffer.alloc(0);
  return Buffer.concat([held.subarray(0, MAX_BYTES), end]);
}

const withinLimit = (mail: Buffer): Buffer => Buffer.from(mail.subarray(0, MAX_BYTES));
