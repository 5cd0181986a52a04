/**
 * What a relay's reply means for the delivery, for its lane and for the relay. What it is about follows from its words
 * (the rows of `table.ts`, `connection-replies.ts`) and from the command that it answers: at MAIL no recipient was
 * named yet, so it is about the relay and us; at RCPT and at the dot it may be passed on from the recipient's provider.
 *
 * A reply that no row matches gets the mildest reading: 4xx waits, 5xx refuses this delivery and counts against nobody
 * (RFC 5321 4.2.1). If a reply's code and enhanced code disagree, the milder of the two counts.
 */

import type { ConnectionHistory, Reply, Stage } from '../../ports.ts';
import { connectionEnd } from './connection-replies.ts';
import { isAboutHeloName } from './helo-replies.ts';
import type { QuotaSpan, RefusalReason, ReplyRow, Subject } from './row.ts';
import { replyRows } from './table.ts';
import { saidWaitMs } from './wait-time.ts';

export type { QuotaSpan } from './row.ts';

export interface LaneHold {
  /** How long nothing should be sent to that provider. */
  holdMs: number;
  /** Resume with one connection afterwards, instead of half. */
  fromOne: boolean;
}

export type Verdict =
  /**
   * Wait and try again. `saidMs`: how long, if the reply says so. `greylisted`: it is a throttle of the provider if it
   * is said again to deliveries that have waited.
   */
  | { about: Subject; kind: 'temporary'; greylisted: boolean; saidMs: number | null }
  /** The recipient's provider wants us to slow down: no attempt, no bounce, and its lane slows down. */
  | ({ about: 'provider'; kind: 'throttled' } & LaneHold)
  /** The relay accepts nothing more from us for now, whoever the recipient is: no attempt. */
  | { about: 'relay'; kind: 'relay-busy'; span: QuotaSpan; saidMs: number | null }
  /** Final for this delivery. Only a bad address counts against the reader. */
  | { about: 'address' | 'message' | 'sender'; kind: 'refused'; reason: RefusalReason }
  /**
   * It is not about this recipient: the relay does not accept our sender at all. `ofOne`: what it means for this
   * delivery alone, if the relay turns out to accept others; null: there is no doubt. `ourName`: it is about the name
   * that we give in EHLO.
   */
  | { about: 'sender'; kind: 'sender-refused'; ofOne: RefusalReason | null; ourName?: true }
  /**
   * The connection should be left: no attempt, and nothing waits. `usedUp`: it carried as many messages as one
   * connection may.
   */
  | { about: 'connection'; kind: 'connection-over'; usedUp: boolean };

/** Stages at which the recipient had been named. */
const ABOUT_RECIPIENT: ReadonlySet<string> = new Set(['rcpt', 'data', 'dot']);
const MINUTE_MS = 60_000;
const HOLD_MINUTES = 10;

/** A fresh connection, on which nothing was sent before. */
const UNUSED: ConnectionHistory = { taken: 0, refused: 0 };

/** `history`: of the reply's connection, before the message that the reply is about. */
export function classifyReply(reply: Reply, stage: Stage, history: ConnectionHistory = UNUSED): Verdict {
  if (isAboutHeloName(reply)) return aboutOurName(reply);
  const row = findRow(reply);
  const end = connectionEnd(reply, stage, history, row !== undefined);
  // If a quota is used up, it is used up on the next connection too.
  if (end !== null && (end === 'used-up' || row?.about !== 'relay'))
    return { about: 'connection', kind: 'connection-over', usedUp: end === 'used-up' };
  if (row?.about === 'relay') return relayBusy(row.span, reply);
  return ABOUT_RECIPIENT.has(stage) ? aboutRecipient(reply, stage, row) : aboutUs(reply, row);
}

/** For a name that cannot be looked up right now we ask again; 504 leaves no doubt whose name is meant. */
function aboutOurName(reply: Reply): Verdict {
  if (isTemporary(reply)) return relayBusy('minute', reply);
  return {
    about: 'sender',
    kind: 'sender-refused',
    ofOne: reply.code === 504 ? null : 'policy',
    ourName: true,
  };
}

/**
 * For a reply to the connection or the login, before any message: which of the relay's quotas is used up; null: none.
 */
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

/** For replies to MAIL and earlier commands. */
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

/** Decided by the milder of its two codes. */
export const isTemporary = ({ code, enhanced }: Reply): boolean =>
  code < 500 || enhanced?.startsWith('4') === true;

/** The first row of the table that matches the reply. */
export function findRow(reply: Reply): ReplyRow | undefined {
  const line = lineOf(reply);
  return replyRows.find(({ pattern }) => pattern.test(line));
}

/**
 * `code enhanced text` on one line. A reply of several lines repeats its codes in each of them. Addresses are removed,
 * since their words mean nothing here: `no-such-user@` may be somebody's address.
 */
function lineOf({ code, enhanced, text }: Reply): string {
  const repeated = new RegExp(`(^|\\s)(${code}[- ])?(${enhanced ?? code}\\s+)?`, 'g');
  const words = withoutAddresses(text, 'x@y').replace(repeated, ' ').trim();
  return `${code} ${enhanced ? `${enhanced} ` : ''}${words}`.trim();
}

/** A reply may name the recipient. */
export const withoutAddresses = (reply: string, instead = '...'): string =>
  reply.replace(/[^\s<>()[\]:;,"']+@[^\s<>()[\]:;,"']+/g, instead);
