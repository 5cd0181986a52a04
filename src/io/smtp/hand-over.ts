/**
 * One SMTP connection on the hot path. nodemailer opened, secured and authenticated it; from then on we speak
 * ourselves, since only so the final dot can wait for the mark: MAIL, RCPT and DATA go out in one write where the
 * relay offers PIPELINING (RFC 2920), the mark is asked at the same moment (later where the relay is so slow that it
 * would be too old by then), and when both 354 and the mark are there the ready bytes follow in one write, the dot
 * last. Without a fresh mark the connection is cut: a dot is never written just to get out of DATA.
 */
import type { Socket } from 'node:net';
import type { Envelope, HandOver, Reply, Wire } from '../../delivery/ports.ts';
import { ReplyReader } from './replies.ts';

export interface WireTimes {
  /** For the reply to any command. */
  commandMs: number;
  /** For the reply to the final dot (RFC 5321 4.5.3.2.6 asks for 10 minutes). */
  dotMs: number;
}

/** What the relay's EHLO offered. */
export interface Offers {
  pipelining: boolean;
  eightBit: boolean;
  utf8: boolean;
  /** Largest message in bytes; null: none stated. */
  size: number | null;
}

const DOT = Buffer.from('.\r\n');
/** Larger messages may fill the socket's buffer, so their mark is asked only when the body has left it. */
const LARGE = 256 * 1024;
/** Late replies are noticed at most a tenth of this after their time. */
const LONGEST_WATCH_MS = 20_000;

/** Replies to what was written in one go. */
interface Awaited {
  replies: Reply[];
  count: number;
  resolve(replies: Reply[]): void;
}

export class SmtpWire implements Wire {
  #socket: Socket;
  #times: WireTimes;
  #offers: Offers = { pipelining: false, eightBit: false, utf8: false, size: null };
  #reader = new ReplyReader();
  #awaited: Awaited | null = null;
  /** When the awaited replies are late, by `performance.now()`, and after how long. */
  #late = { at: 0, ms: 0 };
  #watch: NodeJS.Timeout;
  #ended: Error | null = null;
  #inTransaction = false;

  /** `socket`: logged in, with no listener left on it. */
  constructor(socket: Socket, times: WireTimes) {
    this.#socket = socket;
    this.#times = times;
    socket.setNoDelay(true);
    socket.setTimeout(0);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the relay closed the connection')));
    // One watch a connection: a timer for each reply would cost more than reading it.
    const often = Math.min(times.commandMs, times.dotMs, LONGEST_WATCH_MS) / 10;
    this.#watch = setInterval(() => this.#look(), often).unref();
    socket.resume();
  }

  get usable(): boolean {
    return this.#ended === null;
  }

  get offers(): Offers {
    return this.#offers;
  }

  /** Asks what the relay offers, after TLS and login as RFC 3207 4.2 and RFC 4954 4 require. */
  async greet(name: string): Promise<void> {
    this.#socket.write(`EHLO ${name}\r\n`);
    const reply = await this.#reply(this.#times.commandMs);
    // It took nodemailer's EHLO: what it says now is that it is too busy.
    if (reply.code !== 250)
      throw new Error(`expected 250 to EHLO, the relay said ${reply.code} ${reply.text}`);
    const words = reply.text.toUpperCase();
    this.#offers = {
      pipelining: /\bPIPELINING\b/.test(words),
      eightBit: /\b8BITMIME\b/.test(words),
      utf8: /\bSMTPUTF8\b/.test(words),
      size: Number(/\bSIZE (\d+)\b/.exec(words)?.[1] ?? 0) || null,
    };
  }

  async handOver(
    envelope: Envelope,
    message: Buffer,
    mark: () => Promise<boolean>,
    stillFresh: () => boolean,
    late = false,
  ): Promise<HandOver> {
    const unfit = this.#unfit(envelope, message);
    if (unfit) return unfit;
    const large = message.length > LARGE;
    const marking = large || late ? null : mark();
    try {
      const refused = this.#offers.pipelining
        ? this.#judge(await this.#open(envelope, message.length))
        : await this.#openStepwise(envelope, message.length);
      if (refused) {
        await marking;
        return refused;
      }
      if (large) await this.#flush(message);
      if (!(await (marking ?? mark()))) return this.#cut('no mark');
      if (!stillFresh()) return this.#cut('the mark is too old');
      if (!this.usable) return { kind: 'unwritten', ours: false, why: this.#ended!.message };
    } catch (error) {
      this.#cut('');
      // Whether the row was marked must be known before it is settled.
      await marking;
      return { kind: 'unwritten', ours: false, why: (error as Error).message };
    }
    // From here on a connection that dies leaves a doubt.
    this.#writeEnd(large ? null : message);
    const [reply] = await this.#replies(1, this.#times.dotMs);
    return reply ? this.#conclude(reply) : this.#doubt();
  }

  /** What this relay cannot take, answered without asking it. */
  #unfit(envelope: Envelope, message: Buffer): HandOver | null {
    const { utf8, size } = this.#offers;
    const needsUtf8 = 'the address needs SMTPUTF8 (RFC 6531), which the relay does not offer';
    if (!utf8 && isNotAscii(envelope)) return unasked('rcpt', 553, '5.6.7', needsUtf8);
    // As a relay answers MAIL (RFC 1870 6.1): it is about the issue, and would be so for every reader.
    if (size !== null && message.length > size)
      return unasked(
        'mail',
        552,
        '5.3.4',
        `the message has ${message.length} bytes, the relay takes ${size}`,
      );
    return null;
  }

  /** MAIL, RCPT, DATA in one write; before them RSET, where a transaction stands open. */
  #open(envelope: Envelope, size: number): Promise<Reply[]> {
    const commands = this.#commands(envelope, size);
    this.#socket.write(`${commands.join('\r\n')}\r\n`);
    return this.#replies(commands.length, this.#times.commandMs);
  }

  /** Null when the relay waits for the message; else its refusal. Throws when the connection died before all was said. */
  #judge(replies: readonly Reply[]): HandOver | null {
    const stages = this.#stages;
    let refused: HandOver | null = null;
    let goes = false;
    for (const [at, stage] of stages.entries()) {
      const reply = replies[at];
      // A relay that refuses may close at once (421): its reply counts, not the close.
      if (!reply && refused) break;
      if (!reply) throw this.#ended;
      goes = stage === 'data' && reply.code === 354;
      if (!goes) refused ??= refusal(stage, reply);
    }
    // RFC 2920 3.1: a relay may open DATA although it took no recipient; there is no way out of it but to cut.
    if (refused && goes) this.#cut('');
    return this.#noteRefusal(refused);
  }

  /** The same, one command after the other. */
  async #openStepwise(envelope: Envelope, size: number): Promise<HandOver | null> {
    const stages = this.#stages;
    for (const [at, line] of this.#commands(envelope, size).entries()) {
      this.#socket.write(`${line}\r\n`);
      const reply = await this.#reply(this.#times.commandMs);
      const stage = stages[at]!;
      const refused = stage === 'data' && reply.code === 354 ? null : refusal(stage, reply);
      if (refused) return this.#noteRefusal(refused);
    }
    return null;
  }

  #noteRefusal(refused: HandOver | null): HandOver | null {
    this.#inTransaction = refused !== null;
    if (refused?.kind === 'answered' && refused.reply.code === 421) this.#cut('');
    return refused;
  }

  /** Of each of `#commands`. */
  get #stages(): readonly Stage[] {
    return this.#inTransaction ? RESUMED : USUAL;
  }

  #commands(envelope: Envelope, size: number): string[] {
    const { eightBit, utf8 } = this.#offers;
    const parameters = `${this.#offers.size === null ? '' : ` SIZE=${size}`}${eightBit ? ' BODY=8BITMIME' : ''}${
      utf8 && isNotAscii(envelope) ? ' SMTPUTF8' : ''
    }`;
    const lines = [`MAIL FROM:<${envelope.from}>${parameters}`, `RCPT TO:<${envelope.to}>`, 'DATA'];
    return this.#inTransaction ? ['RSET', ...lines] : lines;
  }

  /** Writes the body and waits until it left our buffer. A relay that stops reading is left after a command's time. */
  #flush(message: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => reject(this.#ended ?? new Error('the connection died'));
      const stuck = () => this.#cut('the relay stopped reading');
      if (!this.usable) return fail();
      this.#socket.once('close', fail);
      // Counts from the last byte that the relay took.
      this.#socket.setTimeout(this.#times.commandMs, stuck);
      this.#socket.write(message, (error) => {
        // A destroyed socket tells its writers of no error.
        if (error || !this.usable) return fail();
        this.#socket.setTimeout(0);
        this.#socket.off('timeout', stuck);
        this.#socket.off('close', fail);
        resolve();
      });
    });
  }

  /** Body and dot; a large body went before. */
  #writeEnd(message: Buffer | null): void {
    this.#socket.cork();
    if (message) this.#socket.write(message);
    this.#socket.write(DOT);
    this.#socket.uncork();
  }

  #conclude(reply: Reply): HandOver {
    this.#inTransaction = false;
    // An answer to a message that the relay has not read to its end: it counts, but our buffer is not to be written on.
    if (this.#socket.writableLength > 0) this.#cut('');
    if (reply.code >= 200 && reply.code < 300) return { kind: 'accepted', reply };
    if (reply.code === 421) this.#cut('');
    return { kind: 'answered', stage: 'dot', reply };
  }

  #doubt(): HandOver {
    const why = this.#ended!.message;
    this.#cut('');
    return { kind: 'unknown', why };
  }

  #cut(why: string): HandOver {
    this.#end(new Error(why || 'the connection was cut'));
    this.#socket.destroy();
    return { kind: 'unwritten', ours: true, why };
  }

  async close(): Promise<void> {
    if (!this.usable) return;
    this.#end(new Error('closed'));
    // Until it is closed it counts where connections are limited.
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.end('QUIT\r\n');
    this.#socket.setTimeout(1_000, () => this.#socket.destroy());
    await closed;
  }

  async #reply(ms: number): Promise<Reply> {
    const [reply] = await this.#replies(1, ms);
    if (!reply) throw this.#ended;
    return reply;
  }

  /** Resolves with fewer replies when the connection ended before; `#ended` says why. */
  #replies(count: number, ms: number): Promise<Reply[]> {
    if (this.#ended) return Promise.resolve([]);
    this.#late = { at: performance.now() + ms, ms };
    return new Promise((resolve) => {
      this.#awaited = { replies: [], count, resolve };
    });
  }

  #look(): void {
    if (this.#awaited === null || performance.now() < this.#late.at) return;
    this.#cut(`the relay did not reply within ${this.#late.ms / 1000} s`);
  }

  #read(chunk: Buffer): void {
    try {
      for (const reply of this.#reader.push(chunk)) this.#take(reply);
    } catch (error) {
      this.#end(error as Error);
      this.#socket.destroy();
    }
  }

  /** A reply nobody asked for is a 421 on an idle connection, or nonsense: either way it is over. */
  #take(reply: Reply): void {
    const awaited = this.#awaited;
    if (!awaited) return void this.#cut(`the relay said ${reply.code} ${reply.text} unasked`);
    awaited.replies.push(reply);
    if (awaited.replies.length < awaited.count) return;
    this.#awaited = null;
    awaited.resolve(awaited.replies);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    clearInterval(this.#watch);
    const awaited = this.#awaited;
    this.#awaited = null;
    awaited?.resolve(awaited.replies);
  }
}

type Stage = 'reset' | 'mail' | 'rcpt' | 'data';

const USUAL: readonly Stage[] = ['mail', 'rcpt', 'data'];
/** Behind a transaction that was refused. */
const RESUMED: readonly Stage[] = ['reset', ...USUAL];

const NOT_ASCII = /[^\x00-\x7f]/;
const isNotAscii = ({ from, to }: Envelope): boolean => NOT_ASCII.test(to) || NOT_ASCII.test(from);

const unasked = (stage: 'mail' | 'rcpt', code: number, enhanced: string, text: string): HandOver => ({
  kind: 'answered',
  stage,
  reply: { code, enhanced, text },
});

function refusal(stage: Stage, reply: Reply): HandOver | null {
  if (stage === 'reset') return null;
  if (stage !== 'data' && reply.code >= 200 && reply.code < 300) return null;
  return { kind: 'answered', stage, reply };
}
