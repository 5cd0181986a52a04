/** Maps the end of a hand-over to the settle of its delivery. */
import type { Mark, Settle } from '../../ledger/mark-and-settle.ts';
import type { DeliveryReason } from '../../ledger/moves/reasons.ts';
import type { HandOver, Reply } from '../../ports.ts';
import type { Verdict } from '../replies/classify.ts';

/** A settle without its row and relay. */
export type Outcome = Omit<Settle, 'id' | 'fence' | 'relay'>;

export interface OutcomeContext {
  /** A service mail has no issue that could be paused: it is retried on schedule until it expires. */
  service: boolean;
  /** Milliseconds until the next attempt, if there is one; for a throttle, until its lane's hold ends. */
  retryMs: number;
  /** What the relay's reply means; null if it gave none. */
  verdict: Verdict | null;
}

const blank = { reason: null, reply: null, stage: null, counted: 0, dueInMs: null } as const;

export function outcomeOf(end: HandOver, { service, retryMs, verdict }: OutcomeContext): Outcome {
  switch (end.kind) {
    case 'accepted':
      return accepted(replyText(end.reply));
    case 'unknown':
      return { ...blank, state: 'unknown', reason: 'no-reply', reply: end.why, stage: 'dot', counted: 1 };
    case 'unwritten':
      return end.cutByUs
        ? { ...blank, state: 'planned', dueInMs: 0 }
        : retryLater('connection-lost', end.why, retryMs);
    case 'answered':
      return answered(end, verdict, service, retryMs);
  }
}

/** Written out because it runs for each message, and spreading `blank` is ten times slower. */
const accepted = (reply: string): Outcome => ({
  state: 'accepted',
  reason: null,
  reply,
  stage: 'dot',
  counted: 1,
  dueInMs: null,
});

function answered(
  end: Extract<HandOver, { kind: 'answered' }>,
  verdict: Verdict | null,
  service: boolean,
  retryMs: number,
): Outcome {
  const base = { ...blank, reply: replyText(end.reply), stage: end.stage };
  switch (verdict?.kind) {
    case 'sender-refused':
      return service
        ? { ...retryLater('relay-refuses-sender', base.reply, retryMs), stage: end.stage }
        : { ...base, state: 'planned', dueInMs: 0 };
    case undefined:
    case 'connection-over':
      return { ...base, state: 'planned', dueInMs: 0 };
    case 'refused':
      return { ...base, state: 'refused', reason: verdict.reason, counted: 1 };
    case 'throttled':
      return { ...base, state: 'deferred', reason: 'throttled', dueInMs: retryMs };
    case 'relay-busy':
      return {
        ...base,
        state: 'deferred',
        reason: verdict.span === 'minute' ? 'relay-busy' : 'relay-quota',
        dueInMs: retryMs,
      };
    case 'temporary':
      return { ...base, state: 'deferred', reason: 'temporary', counted: 1, dueInMs: retryMs };
  }
}

/**
 * An unknown that was sent again under its key. A refusal of the second copy, for its key or anything else, says nothing
 * about the first: unless it came before a mark was asked for, the outcome is as unknown as before.
 */
export const ofSecondCopy = (outcome: Outcome, marked: boolean): Outcome =>
  outcome.state === 'refused' && marked ? { ...outcome, state: 'unknown', reason: 'no-reply' } : outcome;

/** Written out for the same reason. */
export const settleOf = (outcome: Outcome, row: Mark, relay: string): Settle => ({
  id: row.id,
  fence: row.fence,
  state: outcome.state,
  reason: outcome.reason,
  reply: outcome.reply,
  stage: outcome.stage,
  relay,
  counted: outcome.counted,
  dueInMs: outcome.dueInMs,
});

/** An attempt that failed before the relay answered; the next one follows on schedule. */
export const retryLater = (reason: DeliveryReason, reply: string, retryMs: number): Outcome => ({
  ...blank,
  state: 'deferred',
  reason,
  reply,
  counted: 1,
  dueInMs: retryMs,
});

/** The connection was at fault: the message goes over another one at once. */
export const notTried = (reply: string): Outcome => ({ ...blank, state: 'planned', reply, dueInMs: 0 });

/** Not tried, since its provider would not accept it now: does not count as an attempt. */
export const postponed = (reason: DeliveryReason, reply: string, dueInMs: number): Outcome => ({
  ...blank,
  state: 'deferred',
  reason,
  reply,
  dueInMs,
});

/** No valid message can be composed for this one reader. */
export const unsendable = (why: string): Outcome => ({
  ...blank,
  state: 'refused',
  reason: 'unsendable',
  reply: why,
  counted: 1,
});

const replyText = ({ code, text }: Reply): string => `${code} ${text}`.trim();
