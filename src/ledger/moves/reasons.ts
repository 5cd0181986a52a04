/**
 * Why a delivery is in its state: a code that the program decides by and `issue deliveries` prints. The relay's words,
 * or a sentence for people, are in the column `reply`; no code decides by that.
 */

/** It waits: after a reply from the relay, or not yet tried. */
type WaitingReason =
  | 'temporary'
  | 'throttled'
  | 'relay-busy'
  | 'relay-quota'
  | 'relay-refuses-sender'
  | 'connection-lost'
  | 'cannot-compose'
  | 'held'
  | 'quiet-hours';

/** It waits again: the editor retries it after a fix, or the newsletter's policy resends an unknown, or its relay drops a second copy. */
type AgainReason = 'second-try' | 'policy' | 'idempotent';

/** The relay refused it, or no message could be made for this reader. */
export type RefusedReason =
  | 'address'
  | 'mailbox-full'
  | 'policy'
  | 'content'
  | 'needs-smtputf8'
  | 'refused'
  | 'unsendable';

type UnknownReason = 'no-reply' | 'worker-stopped' | 'worker-died' | 'restored';

/** What settled an unknown. */
type SettledBy = 'editor' | 'relay-log' | 'reader' | 'feedback';

type SkippedReason =
  | 'cancelled'
  | 'expired'
  | 'unsubscribed'
  | 'suppressed'
  | 'not-pending'
  | 'paused'
  | 'bounce'
  | 'complaint'
  | 'not-me'
  | 'by-hand'
  | 'erased';

export type DeliveryReason =
  | WaitingReason
  | AgainReason
  | RefusedReason
  | UnknownReason
  | SettledBy
  | SkippedReason;
