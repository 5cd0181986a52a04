/**
 * A leased batch, from its lease to the end of its last message. It stops when its slice stops, when the worker drains,
 * when the worker's lease is lost, or when its messages should go through another relay. Deliveries that have not begun
 * by then stay as they are in the ledger, for whoever leases them next.
 */
import type { RelayFault } from '../../issue/reason.ts';
import { type Batch, endBatch, type LeasedDelivery } from '../../ledger/lease.ts';
import type { MessageMemory } from '../../render/message/message.ts';
import type { Dispatcher } from '../relay/dispatcher.ts';
import type { Composed, OpenBatch, QueuedMessage } from '../relay/queued-message.ts';
import type { Compose } from './composers.ts';
import type { WorkerContext } from './context.ts';
import { lookAfterRefusedMark, pauseForRelayFault } from './issue-state.ts';
import type { LaneSlice } from './lane-slice.ts';
import type { LeasedBatch } from './lease-batch.ts';
import { Stop } from './stop.ts';

export class BatchInProgress implements OpenBatch {
  readonly workerId: number;
  readonly isService: boolean;
  readonly hasOtherRelay: boolean;
  readonly batch: Batch;
  readonly dispatcher: Dispatcher;
  /** Dispatchers of other relays that could take its messages. */
  readonly otherDispatchers: readonly Dispatcher[];
  #context: WorkerContext;
  #slice: LaneSlice;
  #stop: Stop;
  #compose: Compose | null = null;
  #begun = new Set<number>();
  #open = new Set<QueuedMessage>();
  #finished = new AbortController();

  constructor(context: WorkerContext, slice: LaneSlice, { batch, dispatcher, lease }: LeasedBatch) {
    this.#context = context;
    this.#slice = slice;
    this.batch = batch;
    this.dispatcher = dispatcher;
    this.workerId = lease.id;
    this.isService = slice.isService;
    this.otherDispatchers = slice.relays
      .map((candidate) => candidate.dispatcher)
      .filter((other) => other !== dispatcher);
    this.hasOtherRelay = this.otherDispatchers.length > 0;
    this.#stop = new Stop(slice.stop.signal, context.draining, lease.lost);
  }

  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Aborts when the last message is settled or was left untouched. */
  get finished(): AbortSignal {
    return this.#finished.signal;
  }

  /** Creates its messages, for the dispatcher. */
  open(deliveries: readonly LeasedDelivery[], compose: Compose): QueuedMessage[] {
    this.#compose = compose;
    const messages = deliveries.map((delivery): QueuedMessage => ({ delivery, batch: this, laneVersion: 0 }));
    this.#open = new Set(messages);
    if (messages.length === 0) this.#finished.abort();
    return messages;
  }

  compose(message: QueuedMessage, memory: MessageMemory): Composed {
    // A message counts once, however many connections it is tried over.
    this.#begun.add(message.delivery.id);
    return this.#compose!(message.delivery, memory);
  }

  /** Gives back what has not begun, for another slice or another relay. */
  giveBack(): void {
    this.#stop.abort();
  }

  /** A relay that refuses our login does not stop the issue while another relay may take it. */
  stopIssue(reason: RelayFault, why: string): void {
    if (this.#slice.stop.signal.aborted) return;
    const goesElsewhere = this.otherDispatchers.some((other) => !other.health.refusesLogin);
    if (reason === 'relay-refuses-login' && goesElsewhere) {
      this.giveBack();
      return;
    }
    this.#slice.stop.abort();
    pauseForRelayFault(this.#context, this.#slice, { code: reason, detail: why });
  }

  onMarkRefused({ delivery }: QueuedMessage): void {
    void lookAfterRefusedMark(this.#context, this.#slice, delivery.id);
  }

  onDone(message: QueuedMessage): void {
    if (this.#open.delete(message) && this.#open.size === 0) this.#finished.abort();
  }

  /**
   * Ends the batch, whatever failed: a batch that stayed open would keep its deliveries from everybody for as long as
   * this worker lives. Retried until the database accepts it; a worker that lost its lease has no batch left to end.
   */
  async end(): Promise<void> {
    const { db, clock, log, draining, batches } = this.#context;
    this.#stop.release();
    for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
      try {
        await endBatch(db, this.#slice.issueId, this.batch.id, this.#begun.size);
        break;
      } catch (error) {
        log.warn({ error: (error as Error).message }, 'a batch could not be ended yet');
        if (draining.aborted) break;
        await clock.sleep(pause);
      }
    }
    batches.release(this.batch.id);
  }
}
