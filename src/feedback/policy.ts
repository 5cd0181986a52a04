/**
 * What a report does, as a pure function of the report and of what is known about its delivery.
 *
 *   hard      the address is bad: suppressed at once, everywhere
 *   feedback  a complaint: suppressed at once, everywhere, and unsubscribed
 *   soft      suppressed after three failures on different issues over at least 14 days; two clean sends reset it
 *   block     we are refused, not the address: never suppresses, counts for the alarms and the auto-pause
 *   vacation, other   nothing
 *
 * Anybody can write a mail that looks like a bounce. So nobody is suppressed, and nothing counts for the alarms, unless
 * the report is proven: it carries an id that we signed, or comes from a provider that proved who it is.
 */
import type { DeliveryFeedback } from '../ledger/feedback/note-feedback.ts';
import type { FeedbackClass } from './report.ts';

/** What is known about a report's delivery and person. */
export interface Facts {
  /** A delivery was found. */
  found: boolean;
  proven: boolean;
  /** The report names the address that we mailed, or none. False: another one, to which the reader forwards mail. */
  sameAddress: boolean;
  /** The person's soft failures since two clean sends in a row, this one included. */
  soft: SoftFailures;
  /** The provider calls far more addresses unknown than it usually does. */
  providerSuspect: boolean;
}

export interface SoftFailures {
  issues: number;
  /** From the first to the last. */
  days: number;
}

export type Action =
  /** The person gets nothing more. */
  | 'suppressed'
  /** Noted on the delivery; counts. */
  | 'counted'
  /** It would have suppressed, but its provider suddenly calls everybody unknown: an operator decides. */
  | 'quarantined'
  /** A mail to the unsubscribe address. */
  | 'unsubscribed'
  /** Shown and no more: nothing in the report is signed. */
  | 'unproven'
  /** No delivery of ours was found. */
  | 'unmatched'
  | 'none';

export interface Decision {
  action: Action;
  /** Noted on the delivery. */
  feedback: DeliveryFeedback | null;
  suppress: 'bounce' | 'complaint' | null;
}

export const SOFT_ISSUES = 3;
export const SOFT_DAYS = 14;

/** They come in the format of complaints, but nobody objected: RFC 6591 and RFC 6430. */
const NO_COMPLAINT: ReadonlySet<string> = new Set(['auth-failure', 'not-spam']);

const NOTHING: Decision = { action: 'none', feedback: null, suppress: null };

export function decide(what: FeedbackClass, facts: Facts, reason = ''): Decision {
  if (what === 'vacation' || what === 'other') return NOTHING;
  if (what === 'feedback' && NO_COMPLAINT.has(reason)) return NOTHING;
  if (!facts.found) return { ...NOTHING, action: 'unmatched' };
  if (!facts.proven) return { ...NOTHING, action: 'unproven' };
  switch (what) {
    case 'feedback':
      return { action: 'suppressed', feedback: 'complained', suppress: 'complaint' };
    case 'block':
      return { action: 'counted', feedback: 'blocked', suppress: null };
    case 'soft':
      return soft(facts);
    case 'hard':
      return hard(facts);
  }
}

/** A bad address that the reader forwards mail to says nothing certain about the reader's own. */
function hard(facts: Facts): Decision {
  if (!facts.sameAddress) return soft(facts);
  if (facts.providerSuspect) return { action: 'quarantined', feedback: 'bounced', suppress: null };
  return { action: 'suppressed', feedback: 'bounced', suppress: 'bounce' };
}

function soft({ soft: { issues, days } }: Facts): Decision {
  const unreachable = issues >= SOFT_ISSUES && days >= SOFT_DAYS;
  return unreachable
    ? { action: 'suppressed', feedback: 'soft-bounced', suppress: 'bounce' }
    : { action: 'counted', feedback: 'soft-bounced', suppress: null };
}
