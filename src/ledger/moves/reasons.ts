/**
 * Why a delivery is where it is: a code, which the program decides by and `issue deliveries` prints. What the relay
 * said, or a sentence for people, is in the column `reply`; nothing decides by that.
 */

/** It waits: after an answer of the relay, or untried. */
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

/** It waits again: the editor retries it after a fix, or an unknown is sent again by the newsletter's policy. */
type AgainReason = 'second-try' | 'policy';

/** The relay refused it, or no message could be made for this reader. */
type RefusedReason =
  | 'address'
  | 'mailbox-full'
  | 'policy'
  | 'content'
  | 'needs-smtputf8'
  | 'refused'
  | 'unsendable';

type UnknownReason = 'no-reply' | 'worker-stopped' | 'worker-died' | 'restored';

/** Whose word settled an unknown. */
type SettledBy = 'editor' | 'relay-log' | 'reader';

type SkippedReason =
  | 'cancelled'
  | 'expired'
  | 'unsubscribed'
  | 'suppressed'
  | 'not-pending'
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
