/** Reads one message from the socket up to its final dot. Keeps only its header unless asked for all of it. */

const END = Buffer.from('\r\n.\r\n');
/** Enough for any header block of ours; the rest is only counted. */
const HEAD = 16_384;

export class MessageReader {
  /** Octets seen so far, without the line of the final dot. */
  size = 0;
  complete = false;
  readonly #keepAll: boolean;
  readonly #kept: Buffer[] = [];
  #keptSize = 0;
  /** The last four octets, since the end may be cut over two chunks. A dot on the first line ends it too. */
  #tail: Buffer = Buffer.from('\r\n');

  constructor(keepAll = false) {
    this.#keepAll = keepAll;
  }

  /** Takes what belongs to the message; returns how many octets of the chunk it used. */
  take(chunk: Buffer): number {
    const end = this.#findEnd(chunk);
    if (end === null) {
      this.#keep(chunk);
      this.#tail = Buffer.concat([this.#tail, chunk.subarray(-4)]).subarray(-4);
      return chunk.length;
    }
    this.#keep(chunk.subarray(0, Math.max(0, end + 2)));
    this.size += Math.min(0, end + 2);
    this.complete = true;
    return end + END.length;
  }

  /** Where the end begins, below zero when it began in the chunk before; null when it is not here. */
  #findEnd(chunk: Buffer): number | null {
    const across = Buffer.concat([this.#tail, chunk.subarray(0, END.length - 1)]).indexOf(END);
    if (across >= 0) return across - this.#tail.length;
    const inside = chunk.indexOf(END);
    return inside < 0 ? null : inside;
  }

  #keep(chunk: Buffer): void {
    this.size += chunk.length;
    if (!this.#keepAll && this.#keptSize >= HEAD) return;
    const part = this.#keepAll ? chunk : chunk.subarray(0, HEAD - this.#keptSize);
    this.#kept.push(part);
    this.#keptSize += part.length;
  }

  /** The first header of that name, unfolded; null when there is none. */
  header(name: string): string | null {
    const text = Buffer.concat(this.#kept).toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const head = `\r\n${end < 0 ? text : text.slice(0, end)}`;
    const found = new RegExp(`\\r\\n${name}:[ \\t]*((?:[^\\r]|\\r\\n[ \\t])*)`, 'i').exec(head);
    return found?.[1]?.replace(/\r\n[ \t]+/g, ' ').trim() ?? null;
  }

  /** The whole message without dot-stuffing; null unless everything was kept. */
  get source(): Buffer | null {
    if (!this.#keepAll) return null;
    const text = Buffer.concat(this.#kept).toString('latin1', 0, this.size);
    return Buffer.from(text.replace(/(^|\r\n)\.\./g, '$1.'), 'latin1');
  }
}
