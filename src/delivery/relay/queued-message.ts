/** An item of a dispatcher's ready queue: a leased delivery, and the batch that it was leased with. */
import type { RelayFault } from '../../issue/reason.ts';
import type { LeasedDelivery } from '../../ledger/lease.ts';
import type { Envelope } from '../../ports.ts';
import type { MessageMemory } from '../../render/message/message.ts';

export interface Composed {
  envelope: Envelope;
  bytes: Buffer;
}

/** What the messages of one leased batch have in common. */
export interface OpenBatch {
  readonly workerId: number;
  /** Service mails go before everything else, and no lane limits them. */
  readonly isService: boolean;
  /** Another relay may take the issue too, and the lane may not be slow there. */
  readonly hasOtherRelay: boolean;
  /**
   * When aborted, deliveries that have not begun stay as they are in the ledger (pause, drain, lost lease, end of the
   * slice).
   */
  readonly stop: AbortSignal;
  /**
   * Throws Refused when no valid message can be composed for this reader: the delivery is refused with that reason. The
   * returned bytes may live in `memory`.
   */
  compose(message: QueuedMessage, memory: MessageMemory): Composed;
  /** The relay does not accept the whole issue: it refuses our login, our name or our sender. */
  stopIssue(reason: RelayFault, why: string): void;
  /** A mark was refused: something about the issue or the person has changed. */
  onMarkRefused(message: QueuedMessage): void;
  /** The message is settled and stored, or was left untouched. */
  onDone(message: QueuedMessage): void;
}

export interface QueuedMessage {
  delivery: LeasedDelivery;
  readonly batch: OpenBatch;
  /** The version of its lane's state when it was taken from the queue. */
  laneVersion: number;
}

export const domainOf = ({ delivery: { email } }: QueuedMessage): string =>
  email.slice(email.lastIndexOf('@') + 1).toLowerCase();
