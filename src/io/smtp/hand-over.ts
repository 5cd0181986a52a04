/**
 * One SMTP connection on the hot path. nodemailer opened, secured and authenticated it; from then on we speak SMTP
 * ourselves, because only then can the final dot wait for the mark. MAIL, RCPT and DATA go out in one write if the
 * relay offers PIPELINING (RFC 2920), and the mark is requested at the same moment (later if the relay is so slow that
 * the mark would be too old by then). Once both the 354 and the mark have arrived, the prepared bytes follow in one
 * write, the dot last. Without a fresh mark the connection is cut: a dot is never written just to get out of DATA.
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
import type { EhloCapabilities } from './capabilities.ts';
import { SmtpChannel } from './channel.ts';
import { commandOf, refuseUnsendable } from './commands.ts';
import type { RefusalLimit } from './refusal-limit.ts';

export interface SmtpTimes {
  /** For the reply to any command. */
  commandMs: number;
  /** For the reply to the final dot (RFC 5321 4.5.3.2.6 asks for 10 minutes). */
  dotMs: number;
  /** A refusal that took longer was delayed on purpose; default: a second. */
  slowRefusalMs?: number;
}

/** Larger messages may fill the socket's buffer, so their mark is asked for only when the body has left it. */
const LARGE_MESSAGE_BYTES = 256 * 1024;

const STAGES: readonly Stage[] = ['mail', 'rcpt', 'data'];
/** The stages after a transaction that was refused. */
const STAGES_AFTER_RESET: readonly Stage[] = ['reset', ...STAGES];

export class SocketConnection implements SmtpConnection {
  #channel: SmtpChannel;
  #times: SmtpTimes;
  #capabilities: EhloCapabilities;
  #limit: RefusalLimit;
  #inTransaction = false;
  #taken = 0;
  #refused = 0;
  /** Refusals since the last message that was taken. */
  #refusedInRow = 0;
  /** A recipient was refused and none accepted since: DATA waits for the reply to RCPT. */
  #dataWaits: boolean;

  /** `socket`: logged in, with no listeners left on it. `limit`: shared by all connections to the relay. */
  constructor(socket: Socket, times: SmtpTimes, capabilities: EhloCapabilities, limit: RefusalLimit) {
    this.#channel = new SmtpChannel(socket, Math.min(times.commandMs, times.dotMs));
    this.#times = times;
    this.#capabilities = capabilities;
    this.#limit = limit;
    this.#dataWaits = limit.isStrict;
  }

  get usable(): boolean {
    return this.#channel.usable;
  }

  async handOver(
    envelope: Envelope,
    message: Buffer,
    mark: () => Promise<boolean>,
    stillFresh: () => boolean,
    late = false,
  ): Promise<HandOver> {
    const unsendable = this.#refuseUnsendable(envelope, message);
    if (unsendable) return unsendable;
    const large = message.length > LARGE_MESSAGE_BYTES;
    const marking = large || late ? null : mark();
    try {
      const refused = await this.#begin(envelope, message.length);
      if (refused) {
        await marking;
        return refused;
      }
      if (large) await this.#channel.flush(message, this.#times.commandMs);
      if (!(await (marking ?? mark()))) return this.#cutUnwritten('no mark');
      if (!stillFresh()) return this.#cutUnwritten('the mark is too old');
      if (this.#channel.ended) return this.#lost('data');
    } catch {
      this.#channel.cut();
      // We must know whether the row was marked before we settle it.
      await marking;
      return this.#lost('data');
    }
    // From here on, a connection that dies leaves an unknown outcome.
    this.#channel.sendDot(large ? null : message);
    const [reply] = await this.#channel.replies(1, this.#times.dotMs);
    return reply ? this.#conclude(reply) : this.#unknown();
  }

  #refuseUnsendable(envelope: Envelope, message: Buffer): HandOver | null {
    const { size } = this.#capabilities;
    // If somebody raises the relay's limit, a fresh connection will notice it.
    if (size !== null && message.length > size) this.#channel.retire();
    return refuseUnsendable(this.#capabilities, envelope, message.length);
  }

  /** Null when the relay waits for the message; otherwise how the hand-over ended before that. */
  async #begin(envelope: Envelope, size: number): Promise<HandOver | null> {
    for (const group of this.#groups()) {
      this.#channel.send(group.map((stage) => commandOf(stage, this.#capabilities, envelope, size)));
      const replies = await this.#channel.replies(group.length, this.#times.commandMs);
      const end = this.#judge(group, replies);
      this.#inTransaction = end !== null || group.at(-1) !== 'data';
      if (end) return end;
    }
    this.#dataWaits = false;
    return null;
  }

  /**
   * Commands grouped into one write each. RSET comes first if a transaction is still open. Many relays count a
   * pipelined DATA after a refused recipient as a second error, so there DATA waits.
   */
  #groups(): readonly (readonly Stage[])[] {
    const stages = this.#inTransaction ? STAGES_AFTER_RESET : STAGES;
    if (!this.#capabilities.pipelining) return stages.map((stage) => [stage]);
    return this.#dataWaits ? [stages.slice(0, -1), ['data']] : [stages];
  }

  #judge(group: readonly Stage[], replies: readonly Reply[]): HandOver | null {
    let refused: { stage: Stage; reply: Reply } | null = null;
    let dataOpen = false;
    for (const [index, stage] of group.entries()) {
      const reply = replies[index];
      // A relay that refuses may close at once (421): its reply counts, not the close.
      if (!reply && refused) break;
      if (!reply) return this.#lost(stage);
      dataOpen = stage === 'data' && reply.code === 354;
      // A relay that does not know RSET accepts MAIL all the same.
      if (stage === 'mail' && refused?.stage === 'reset' && isPositive(reply)) refused = null;
      if (stage === 'data' ? !dataOpen : !isPositive(reply)) refused ??= { stage, reply };
    }
    // RFC 2920 3.1: a relay may open DATA although it accepted no recipient; the only way out is to cut.
    if (refused && dataOpen) this.#channel.cut();
    return refused && this.#refuse(refused.stage, refused.reply);
  }

  get #history(): ConnectionHistory {
    return { taken: this.#taken, refused: this.#refused };
  }

  #refuse(stage: Stage, reply: Reply): HandOver {
    const history = this.#history;
    // A slow reply to the dot is a filter reading the message, not a penalty.
    const tookMs = stage === 'dot' ? 0 : this.#channel.waitedMs;
    this.#refused += 1;
    this.#refusedInRow += 1;
    if (this.#limit.isReached(this.#refusedInRow, tookMs)) this.#channel.retire();
    if (reply.code === 421 && history.refused > 0) this.#limit.noteClosed();
    else if (!this.#dataWaits) this.#limit.noteRefusal(tookMs);
    this.#dataWaits = true;
    return { kind: 'answered', stage, reply, history };
  }

  /** The connection died, or we closed it because the relay was silent, before this command was answered. */
  #lost(stage: Stage): HandOver {
    if (this.#refusedInRow > 0) this.#limit.noteClosed();
    const why = this.#channel.ended!.message;
    return { kind: 'unwritten', cutByUs: false, why, stage, history: this.#history };
  }

  #conclude(reply: Reply): HandOver {
    // The relay answered before it had read the whole message. Its answer counts, but nothing may follow what is
    // still in our buffer.
    if (this.#channel.unsentBytes > 0) this.#channel.cut();
    if (!isPositive(reply)) return this.#refuse('dot', reply);
    this.#taken += 1;
    this.#refusedInRow = 0;
    return { kind: 'accepted', reply };
  }

  #unknown(): HandOver {
    const why = this.#channel.ended!.message;
    this.#channel.cut();
    return { kind: 'unknown', why };
  }

  #cutUnwritten(why: string): HandOver {
    this.#channel.cut(why);
    return { kind: 'unwritten', cutByUs: true, why };
  }

  close(): Promise<void> {
    return this.#channel.close();
  }

  /** Sends MAIL and RCPT as an issue would, and no message. */
  async tryEnvelope(envelope: Envelope): Promise<EnvelopeTrial> {
    const mail = await this.#ask('mail', envelope);
    return { mail, rcpt: mail && isPositive(mail) ? await this.#ask('rcpt', envelope) : null };
  }

  async #ask(stage: Stage, envelope: Envelope): Promise<Reply | null> {
    if (!this.usable) return null;
    this.#channel.send([commandOf(stage, this.#capabilities, envelope, null)]);
    return (await this.#channel.replies(1, this.#times.commandMs))[0] ?? null;
  }
}

const isPositive = ({ code }: Reply): boolean => code >= 200 && code < 300;
