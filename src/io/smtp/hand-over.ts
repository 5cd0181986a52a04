/**
 * One SMTP connection on the hot path. nodemailer opened, secured and authenticated it; from then on we speak
 * ourselves, since only so the final dot can wait for the mark: MAIL, RCPT and DATA go out in one write where the
 * relay offers PIPELINING (RFC 2920), the mark is asked at the same moment (later where the relay is so slow that it
 * would be too old by then), and when both 354 and the mark are there the ready bytes follow in one write, the dot
 * last. Without a fresh mark the connection is cut: a dot is never written just to get out of DATA.
 */
import type { Socket } from 'node:net';
import type {
  ConnectionHistory,
  Envelope,
  EnvelopeTrial,
  HandOver,
  Reply,
  SmtpConnection,
  Stage,
} from '../../ports.ts';
import type { Offers } from './capabilities.ts';
import { commandOf, unfit } from './commands.ts';
import type { RefusalHabits } from './refusal-limits.ts';
import { ReplyReader } from './replies.ts';

export interface SmtpTimes {
  /** For the reply to any command. */
  commandMs: number;
  /** For the reply to the final dot (RFC 5321 4.5.3.2.6 asks for 10 minutes). */
  dotMs: number;
  /** A refusal that took longer was held back on purpose; left out: a second. */
  slowRefusalMs?: number;
}

const DOT = Buffer.from('.\r\n');
/** Larger messages may fill the socket's buffer, so their mark is asked only when the body has left it. */
const LARGE = 256 * 1024;
/** For the reply to QUIT. */
const QUIT_MS = 1_000;
/** Late replies are noticed at most a tenth of this after their time. */
const LONGEST_WATCH_MS = 20_000;

/** Replies to what was written in one go. */
interface Awaited {
  replies: Reply[];
  count: number;
  resolve(replies: Reply[]): void;
}

export class SocketConnection implements SmtpConnection {
  #socket: Socket;
  #times: SmtpTimes;
  #offers: Offers;
  #habits: RefusalHabits;
  #reader = new ReplyReader();
  #awaited: Awaited | null = null;
  /** When the awaited replies are late, by `performance.now()`, and after how long. */
  #late = { at: 0, ms: 0 };
  #watch: NodeJS.Timeout;
  #ended: Error | null = null;
  #inTransaction = false;
  #taken = 0;
  #refused = 0;
  /** Refusals since the last message that was taken. */
  #inRow = 0;
  /** A recipient was refused and none taken since: DATA waits for the reply to RCPT. */
  #wary: boolean;
  /** It is open, but not to be used again: QUIT. */
  #worn = false;
  #closing = false;

  /** `socket`: logged in, with no listener left on it. `habits`: shared by the relay's connections. */
  constructor(socket: Socket, times: SmtpTimes, offers: Offers, habits: RefusalHabits) {
    this.#socket = socket;
    this.#times = times;
    this.#offers = offers;
    this.#habits = habits;
    this.#wary = habits.punishes;
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
    return this.#ended === null && !this.#worn;
  }

  async handOver(
    envelope: Envelope,
    message: Buffer,
    mark: () => Promise<boolean>,
    stillFresh: () => boolean,
    late = false,
  ): Promise<HandOver> {
    const unasked = unfit(this.#offers, envelope, message.length);
    if (unasked) {
      // The relay may take more by the time somebody has asked for it: a fresh connection hears what holds then.
      if (this.#offers.size !== null && message.length > this.#offers.size) this.#worn = true;
      return unasked;
    }
    const large = message.length > LARGE;
    const marking = large || late ? null : mark();
    try {
      const refused = await this.#begin(envelope, message.length);
      if (refused) {
        await marking;
        return refused;
      }
      if (large) await this.#flush(message);
      if (!(await (marking ?? mark()))) return this.#cut('no mark');
      if (!stillFresh()) return this.#cut('the mark is too old');
      if (this.#ended) return this.#lost('data');
    } catch {
      this.#cut('');
      // Whether the row was marked must be known before it is settled.
      await marking;
      return this.#lost('data');
    }
    // From here on a connection that dies leaves a doubt.
    this.#writeEnd(large ? null : message);
    const [reply] = await this.#replies(1, this.#times.dotMs);
    return reply ? this.#conclude(reply) : this.#doubt();
  }

  /** Null when the relay waits for the message; else how it ended before. */
  async #begin(envelope: Envelope, size: number): Promise<HandOver | null> {
    for (const group of this.#groups()) {
      const lines = group.map((stage) => commandOf(stage, this.#offers, envelope, size));
      this.#socket.write(`${lines.join('\r\n')}\r\n`);
      const replies = await this.#replies(group.length, this.#times.commandMs);
      const end = this.#judge(group, replies);
      this.#inTransaction = end !== null || group.at(-1) !== 'data';
      if (end) return end;
    }
    this.#wary = false;
    return null;
  }

  /**
   * What goes out in one write each. RSET comes first where a transaction stands open. Behind a refused recipient a
   * pipelined DATA is a second error in the eyes of many, so there it waits.
   */
  #groups(): readonly (readonly Stage[])[] {
    const stages = this.#inTransaction ? RESUMED : USUAL;
    if (!this.#offers.pipelining) return stages.map((stage) => [stage]);
    return this.#wary ? [stages.slice(0, -1), ['data']] : [stages];
  }

  #judge(group: readonly Stage[], replies: readonly Reply[]): HandOver | null {
    let refused: { stage: Stage; reply: Reply } | null = null;
    let goes = false;
    for (const [at, stage] of group.entries()) {
      const reply = replies[at];
      // A relay that refuses may close at once (421): its reply counts, not the close.
      if (!reply && refused) break;
      if (!reply) return this.#lost(stage);
      goes = stage === 'data' && reply.code === 354;
      // A relay that knows no RSET takes MAIL all the same.
      if (stage === 'mail' && refused?.stage === 'reset' && isPositive(reply)) refused = null;
      if (stage === 'data' ? !goes : !isPositive(reply)) refused ??= { stage, reply };
    }
    // RFC 2920 3.1: a relay may open DATA although it took no recipient; there is no way out of it but to cut.
    if (refused && goes) this.#cut('');
    return refused && this.#refuse(refused.stage, refused.reply);
  }

  get #history(): ConnectionHistory {
    return { taken: this.#taken, refused: this.#refused };
  }

  #refuse(stage: Stage, reply: Reply): HandOver {
    const history = this.#history;
    // What a filter takes to read a message is no patience with us.
    const tookMs = stage === 'dot' ? 0 : performance.now() - this.#late.at + this.#late.ms;
    this.#refused += 1;
    this.#inRow += 1;
    if (this.#habits.isEnough(this.#inRow, tookMs)) this.#worn = true;
    if (reply.code === 421 && history.refused > 0) this.#habits.closed();
    else if (!this.#wary) this.#habits.note(tookMs);
    this.#wary = true;
    return { kind: 'answered', stage, reply, history };
  }

  /** The connection died, or was left for its silence, before this command was answered. */
  #lost(stage: Stage): HandOver {
    if (this.#inRow > 0) this.#habits.closed();
    return { kind: 'unwritten', ours: false, why: this.#ended!.message, stage, history: this.#history };
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
    // An answer to a message that the relay has not read to its end: it counts, but our buffer is not to be written on.
    if (this.#socket.writableLength > 0) this.#cut('');
    if (!isPositive(reply)) return this.#refuse('dot', reply);
    this.#taken += 1;
    this.#inRow = 0;
    return { kind: 'accepted', reply };
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
    if (this.#ended) return;
    this.#closing = true;
    this.#end(new Error('closed'));
    // Until it is closed it counts where connections are limited.
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.end('QUIT\r\n');
    const patience = setTimeout(() => this.#socket.destroy(), QUIT_MS);
    await closed;
    clearTimeout(patience);
  }

  /** MAIL and RCPT as an issue would say them, and no message. */
  async tryEnvelope(envelope: Envelope): Promise<EnvelopeTrial> {
    const mail = await this.#ask('mail', envelope);
    return { mail, rcpt: mail && isPositive(mail) ? await this.#ask('rcpt', envelope) : null };
  }

  async #ask(stage: Stage, envelope: Envelope): Promise<Reply | null> {
    if (!this.usable) return null;
    this.#socket.write(`${commandOf(stage, this.#offers, envelope, null)}\r\n`);
    return (await this.#replies(1, this.#times.commandMs))[0] ?? null;
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
    // Whatever it says to QUIT, or still had to say before.
    if (this.#closing) return;
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
    if (!awaited && this.#worn) return;
    if (!awaited) return void this.#cut(`the relay said ${reply.code} ${reply.text} unasked`);
    awaited.replies.push(reply);
    // Behind a 421 nothing needs to come any more.
    if (reply.code === 421) this.#worn = true;
    else if (awaited.replies.length < awaited.count) return;
    this.#awaited = null;
    awaited.resolve(awaited.replies);
  }

  #end(error: Error): void {
    this.#ended ??= isTlsFault(error) ? new Error(LEFT_TLS, { cause: error }) : error;
    clearInterval(this.#watch);
    const awaited = this.#awaited;
    this.#awaited = null;
    awaited?.resolve(awaited.replies);
  }
}

const USUAL: readonly Stage[] = ['mail', 'rcpt', 'data'];
/** Behind a transaction that was refused. */
const RESUMED: readonly Stage[] = ['reset', ...USUAL];

const isPositive = ({ code }: Reply): boolean => code >= 200 && code < 300;

/** Exim says its last words on a connection in the clear, also within TLS; OpenSSL's words for it tell nobody anything. */
const LEFT_TLS = 'the relay closed the connection, with words that were not within TLS';

const isTlsFault = (error: Error): boolean =>
  /^(ERR_SSL|EPROTO)/.test((error as NodeJS.ErrnoException).code ?? '');
