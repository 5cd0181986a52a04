/**
 * A socket that sends commands and receives replies. It enforces reply deadlines and records why the connection ended.
 */
import type { Socket } from 'node:net';
import type { Reply } from '../../ports.ts';
import { ReplyReader } from './replies.ts';

const DOT = Buffer.from('.\r\n');
/** For the reply to QUIT. */
const QUIT_MS = 1_000;
/** A late reply is noticed at most a tenth of its deadline too late, and at most a tenth of this. */
const MAX_CHECK_MS = 20_000;

/** Replies to what was written in one go. */
interface Awaited {
  replies: Reply[];
  count: number;
  resolve(replies: Reply[]): void;
}

export class SmtpChannel {
  #socket: Socket;
  #reader = new ReplyReader();
  #awaited: Awaited | null = null;
  /** When the awaited replies are late, by `performance.now()`, and how long they may take. */
  #deadline = { at: 0, ms: 0 };
  #deadlineCheck: NodeJS.Timeout;
  #ended: Error | null = null;
  #retired = false;
  #closing = false;

  /** `socket`: logged in, with no listeners left on it. `shortestMs`: the shortest deadline of any reply. */
  constructor(socket: Socket, shortestMs: number) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(0);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the relay closed the connection')));
    // One interval per connection: a timer for each reply would cost more than reading the reply.
    const everyMs = Math.min(shortestMs, MAX_CHECK_MS) / 10;
    this.#deadlineCheck = setInterval(() => this.#checkDeadline(), everyMs).unref();
    socket.resume();
  }

  /** Why the connection ended; null while it is open. */
  get ended(): Error | null {
    return this.#ended;
  }

  get usable(): boolean {
    return this.#ended === null && !this.#retired;
  }

  /** The connection stays open, but only QUIT is sent on it from now on. */
  retire(): void {
    this.#retired = true;
  }

  send(lines: readonly string[]): void {
    this.#socket.write(`${lines.join('\r\n')}\r\n`);
  }

  /** Resolves with fewer replies when the connection ended first; `ended` says why. */
  replies(count: number, ms: number): Promise<Reply[]> {
    if (this.#ended) return Promise.resolve([]);
    this.#deadline = { at: performance.now() + ms, ms };
    return new Promise((resolve) => {
      this.#awaited = { replies: [], count, resolve };
    });
  }

  /** How long the relay has taken since `replies` was last called. */
  get waitedMs(): number {
    return performance.now() - this.#deadline.at + this.#deadline.ms;
  }

  /** Writes the body and waits until it has left our buffer. Rejects when the relay reads nothing for `stuckMs`. */
  flush(message: Buffer, stuckMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(this.#ended ?? new Error('the connection died'));
      const onStuck = () => this.cut('the relay stopped reading');
      if (!this.usable) return fail();
      this.#socket.once('close', fail);
      // Counts from the last byte that the relay took.
      this.#socket.setTimeout(stuckMs, onStuck);
      this.#socket.write(message, (error) => {
        // A destroyed socket reports no error to its writers.
        if (error || !this.usable) return fail();
        this.#socket.setTimeout(0);
        this.#socket.off('timeout', onStuck);
        this.#socket.off('close', fail);
        resolve();
      });
    });
  }

  /** Body and final dot in one write; null if the body was sent before. */
  sendDot(message: Buffer | null): void {
    this.#socket.cork();
    if (message) this.#socket.write(message);
    this.#socket.write(DOT);
    this.#socket.uncork();
  }

  /** Bytes that the relay has not taken yet. */
  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Ends the connection at once, without QUIT. The first reason counts. */
  cut(why = 'the connection was cut'): void {
    this.#end(new Error(why));
    this.#socket.destroy();
  }

  /** Sends QUIT, and gives the relay a second to answer. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#closing = true;
    this.#end(new Error('closed'));
    // Relays that limit connections count this one until it is closed.
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.end('QUIT\r\n');
    const timer = setTimeout(() => this.#socket.destroy(), QUIT_MS);
    await closed;
    clearTimeout(timer);
  }

  #checkDeadline(): void {
    if (this.#awaited === null || performance.now() < this.#deadline.at) return;
    this.cut(`the relay did not reply within ${this.#deadline.ms / 1000} s`);
  }

  #read(chunk: Buffer): void {
    // Its reply to QUIT, or whatever else it still had to say.
    if (this.#closing) return;
    try {
      for (const reply of this.#reader.push(chunk)) this.#onReply(reply);
    } catch (error) {
      this.#end(error as Error);
      this.#socket.destroy();
    }
  }

  /** A reply that nothing asked for is a 421 on an idle connection, or garbage: either way the connection is over. */
  #onReply(reply: Reply): void {
    const awaited = this.#awaited;
    if (!awaited && this.#retired) return;
    if (!awaited) return void this.cut(`the relay said ${reply.code} ${reply.text} unasked`);
    awaited.replies.push(reply);
    // After a 421 no further reply need come.
    if (reply.code === 421) this.#retired = true;
    else if (awaited.replies.length < awaited.count) return;
    this.#awaited = null;
    awaited.resolve(awaited.replies);
  }

  #end(error: Error): void {
    this.#ended ??= isTlsError(error) ? new Error(LEFT_TLS, { cause: error }) : error;
    clearInterval(this.#deadlineCheck);
    const awaited = this.#awaited;
    this.#awaited = null;
    awaited?.resolve(awaited.replies);
  }
}

/** Exim sends its last reply in the clear, even within TLS. OpenSSL's own message for that helps nobody. */
const LEFT_TLS = 'the relay closed the connection with a reply outside TLS';

const isTlsError = (error: Error): boolean =>
  /^(ERR_SSL|EPROTO)/.test((error as NodeJS.ErrnoException).code ?? '');
