/**
 * What a relay's reply means for the delivery, for its lane and for the relay. What it is about follows from its words
 * (`reply-data.ts`, `connection-replies.ts`) and from where it came: to MAIL nobody was named yet, so it is about
 * the relay and us; to RCPT and to the dot it may be passed on from the recipient's provider.
 *
 * What no row knows falls to the mildest reading: 4xx waits, 5xx refuses this delivery and speaks against nobody
 * (RFC 5321 4.2.1). So does a reply whose code and enhanced code disagree: the milder of the two counts.
 */

import type { ConnectionHistory, Reply, Stage } from '../../ports.ts';
import { connectionEnd } from './connection-replies.ts';
import { isAboutHeloName } from './helo-replies.ts';
import type { QuotaSpan, RefusalReason, ReplyRow, Subject } from './row.ts';
import { replyRows } from './table.ts';
import { saidWaitMs } from './wait-time.ts';

export type { QuotaSpan } from './row.ts';

export interface LaneHold {
  /** How long nothing should go to that provider. */
  holdMs: number;
  /** Begin with one connection afterwards, instead of half. */
  fromOne: boolean;
}

export type Verdict =
  /**
   * Wait and try again. `saidMs`: how long, where the reply says so. `greylisted`: a throttle of the provider, if it
   * is said again to those who have waited.
   */
  | { about: Subject; kind: 'temporary'; greylisted: boolean; saidMs: number | null }
  /** The recipient's provider wants us slower: no attempt, no bounce, and its lane slows down. */
  | ({ about: 'provider'; kind: 'throttled' } & LaneHold)
  /** The relay takes nothing more of us for now, whoever the mail is for: no attempt. */
  | { about: 'relay'; kind: 'relay-busy'; span: QuotaSpan; saidMs: number | null }
  /** Final for this delivery. Only a bad address speaks against the reader. */
  | { about: 'address' | 'message' | 'sender'; kind: 'refused'; reason: RefusalReason }
  /**
   * It is not about this person: the relay does not take our sender at all. `ofOne`: what it means of this delivery
   * alone, where the relay turns out to take others; null: there is no doubt. `ourName`: it is about the name that we
   * give with EHLO.
   */
  | { about: 'sender'; kind: 'sender-refused'; ofOne: RefusalReason | null; ourName?: true }
  /** The connection is to be left: no attempt, and nothing waits. `usedUp`: it carried all that one may carry. */
  | { about: 'connection'; kind: 'connection-over'; usedUp: boolean };

/** Where the recipient had been named. */
const ABOUT_RECIPIENT: ReadonlySet<string> = new Set(['rcpt', 'data', 'dot']);
const MINUTE_MS = 60_000;
const HOLD_MINUTES = 10;

/** A connection that had done nothing before. */
const UNUSED: ConnectionHistory = { taken: 0, refused: 0 };

/** `history`: of the connection that the reply came over, before the message that it answers. */
export function classifyReply(reply: Reply, stage: Stage, history: ConnectionHistory = UNUSED): Verdict {
  if (isAboutHeloName(reply)) return aboutOurName(reply);
  const row = findRow(reply);
  const end = connectionEnd(reply, stage, history, row !== undefined);
  // What is used up is used up on the next connection too.
  if (end !== null && (end === 'used-up' || row?.about !== 'relay'))
    return { about: 'connection', kind: 'connection-over', usedUp: end === 'used-up' };
  if (row?.about === 'relay') return relayBusy(row.span, reply);
  return ABOUT_RECIPIENT.has(stage) ? aboutRecipient(reply, stage, row) : aboutUs(reply, row);
}

/** A name that cannot be looked up now is asked about again; 504 leaves no doubt whose name is meant. */
function aboutOurName(reply: Reply): Verdict {
  if (isTemporary(reply)) return relayBusy('minute', reply);
  return {
    about: 'sender',
    kind: 'sender-refused',
    ofOne: reply.code === 504 ? null : 'policy',
    ourName: true,
  };
}

/** For a reply to the connection or the login, before any message: what of the relay is used up; null: nothing. */
export function classifyOpening(reply: Reply): Extract<Verdict, { kind: 'relay-busy' }> | null {
  const row = findRow(reply);
  return row?.about === 'relay' ? relayBusy(row.span, reply) : null;
}

const relayBusy = (span: QuotaSpan, reply: Reply): Extract<Verdict, { kind: 'relay-busy' }> => ({
  about: 'relay',
  kind: 'relay-busy',
  span,
  saidMs: saidWaitMs(lineOf(reply)),
});

function aboutRecipient(reply: Reply, stage: Stage, row: ReplyRow | undefined): Verdict {
  const about = row?.about ?? (stage === 'rcpt' ? 'address' : 'message');
  if (row?.about === 'provider') return throttled(row.hold ?? HOLD_MINUTES, row.from === 'one', reply);
  if (row?.about === 'sender' && row.means === 'stop')
    return { about: 'sender', kind: 'sender-refused', ofOne: row.ofOne ?? null };
  const means = row?.means ?? 'refused';
  if (isTemporary(reply) || means === 'temporary' || means === 'greylisted')
    return temporary(about, means === 'greylisted', reply);
  return {
    about: about as 'address' | 'message' | 'sender',
    kind: 'refused',
    reason: means as RefusalReason,
  };
}

/** To MAIL, and before. */
function aboutUs(reply: Reply, row: ReplyRow | undefined): Verdict {
  if (row?.about === 'provider') return relayBusy('minute', reply);
  if (isTemporary(reply)) return temporary('relay', false, reply);
  return { about: 'sender', kind: 'sender-refused', ofOne: null };
}

const temporary = (about: Subject, greylisted: boolean, reply: Reply): Verdict => ({
  about,
  kind: 'temporary',
  greylisted,
  saidMs: saidWaitMs(lineOf(reply)),
});

const throttled = (minutes: number, fromOne: boolean, reply: Reply): Verdict => ({
  about: 'provider',
  kind: 'throttled',
  holdMs: Math.max(minutes * MINUTE_MS, saidWaitMs(lineOf(reply)) ?? 0),
  fromOne,
});

/** By the milder of its two codes. */
export const isTemporary = ({ code, enhanced }: Reply): boolean =>
  code < 500 || enhanced?.startsWith('4') === true;

/** The row of the table that knows the reply. */
export function findRow(reply: Reply): ReplyRow | undefined {
  const line = lineOf(reply);
  return replyRows.find(({ pattern }) => pattern.test(line));
}

/**
 * `code enhanced text` on one line. A reply of several lines repeats its codes in each of them. An address says
 * nothing of what is meant: `no-such-user@` may be somebody's.
 */
function lineOf({ code, enhanced, text }: Reply): string {
  const repeated = new RegExp(`(^|\\s)(${code}[- ])?(${enhanced ?? code}\\s+)?`, 'g');
  const words = withoutAddresses(text, 'x@y').replace(repeated, ' ').trim();
  return `${code} ${enhanced ? `${enhanced} ` : ''}${words}`.trim();
}

/** A reply may name the recipient. */
export const withoutAddresses = (reply: string, instead = '...'): string =>
  reply.replace(/[^\s<>()[\]:;,"']+@[^\s<>()[\]:;,"']+/g, instead);
