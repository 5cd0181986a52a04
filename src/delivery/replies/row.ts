/**
 * The shape of a row of the reply table: a real reply, the pattern that recognises it, whom it is about and what it
 * means.
 */

import type { RefusedReason } from '../../ledger/moves/reasons.ts';

/**
 * What a reply is about, and so what has to wait: one delivery (`address`, `message`), nothing (`connection`: the
 * delivery goes back untried and is handed over on a fresh one), everything that goes through the relay (`relay`: how
 * much it accepts from us in a period of time), the whole issue (`sender`: a person has to fix something), or the lane
 * (`provider`: a limit of the recipient's provider).
 */
export type Subject = 'address' | 'message' | 'connection' | 'relay' | 'sender' | 'provider';

/** Why a delivery was refused; `needs-smtputf8`: the address has characters that some relay on the way cannot carry. */
export type RefusalReason = Exclude<RefusedReason, 'unsendable'>;

/** The period over which a relay counts what it accepts from us. */
export type QuotaSpan = 'minute' | 'hour' | 'day';

interface QuotedReply {
  /** Word for word as a server said it, with its addresses, names and numbers replaced. */
  reply: string;
  /** Who observed or published it: a server and its version, a provider's page, a public bug report. */
  source: string;
  /**
   * Matched case-insensitively against `code enhanced text` on one line, in which every address is `x@y`: `550 5.1.1
   * <x@y>: User unknown`.
   */
  pattern: RegExp;
}

/** Only `address` counts against a reader later, so its pattern needs words that cannot mean anything else. */
interface AddressRow extends QuotedReply {
  about: 'address';
  /**
   * `greylisted`: try again later, which is a throttle of the provider only if it is said again to deliveries that have
   * waited (RFC 6647).
   */
  means: 'address' | 'mailbox-full' | 'needs-smtputf8' | 'refused' | 'temporary' | 'greylisted';
}

interface MessageRow extends QuotedReply {
  about: 'message';
  means: 'content';
}

interface ProviderRow extends QuotedReply {
  about: 'provider';
  means: 'throttled';
  /** How long its lane is held, in minutes; default: 10. */
  hold?: number;
  /** Afterwards the lane resumes with one connection instead of half. */
  from?: 'one';
}

interface RelayRow extends QuotedReply {
  about: 'relay';
  means: 'backoff';
  /** `minute`: it wants us to slow down; `hour`, `day`: the quota of that period is used up. */
  span: QuotaSpan;
}

/** About us: our login, name, address, or reputation. */
interface SenderRow extends QuotedReply {
  about: 'sender';
  /**
   * `stop`: nothing more of the issue goes to this relay until a person has fixed it. `policy`: this provider's opinion
   * of us.
   */
  means: 'stop' | 'policy' | 'temporary';
  /**
   * With `stop`, if the words can also be about one recipient: what they mean for that recipient while the relay
   * accepts mail for others.
   */
  ofOne?: RefusalReason;
}

export type ReplyRow = AddressRow | MessageRow | ProviderRow | RelayRow | SenderRow;
