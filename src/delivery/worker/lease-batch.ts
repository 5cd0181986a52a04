/**
 * Leases the next batch of a lane: from which relay's share it comes, how many deliveries it has, or how long to wait
 * for one.
 */
import { type Batch, leaseBatch } from '../../ledger/lease.ts';
import { type BudgetWait, roomOf } from '../../ledger/relays/budget.ts';
import type { Dispatcher } from '../relay/dispatcher.ts';
import type { WorkerContext } from './context.ts';
import type { LaneSlice } from './lane-slice.ts';
import type { HeldLease } from './worker-lease.ts';

const MIN_BATCH = 200;
/** Deliveries per connection: a batch costs some fifteen statements, which many deliveries should share. */
const BATCH_PER_CONNECTION = 16;
/** If several relays share an issue, smaller batches keep to their weights. */
const MIN_SHARED_BATCH = 50;
/** A worker without a connection, to a relay that has none left, checks again after this. */
const NO_CONNECTION_WAIT_MS = 1_000;

export interface LeasedBatch {
  batch: Batch;
  dispatcher: Dispatcher;
  /** The worker's lease under which the batch was leased. */
  lease: HeldLease;
}

/** `why` is for display, together with when the wait ends if that is later than the next check. */
export interface LaneWait {
  waitMs: number;
  why: string | null;
  overInMs?: number;
}

/** A batch, or why there is none: the lane has nothing due now, or must wait. */
export type NextBatch = LeasedBatch | LaneWait | 'nothing';

/**
 * From the relay whose turn it is; if that may take nothing now, from another. Returns the shortest wait if none may.
 */
export async function leaseNextBatch(context: WorkerContext, slice: LaneSlice): Promise<NextBatch> {
  const untried = [...slice.relays];
  let shortest: LaneWait | null = null;
  while (untried.length > 0) {
    const { candidate, took } = context.routes.choose(slice.issueId, untried);
    untried.splice(untried.indexOf(candidate), 1);
    const { dispatcher } = candidate;
    const size = batchSize(dispatcher, slice.relays.length > 1);
    const found = await leaseFrom(context, slice, dispatcher, size);
    const leased = found !== 'nothing' && 'batch' in found ? found.batch.deliveries.length : 0;
    took(leased / size);
    if (found === 'nothing' || 'batch' in found) return found;
    if (shortest === null || found.waitMs < shortest.waitMs) shortest = found;
  }
  return shortest ?? 'nothing';
}

const batchSize = ({ relay }: Dispatcher, shared: boolean): number =>
  Math.max(shared ? MIN_SHARED_BATCH : MIN_BATCH, relay.settings.pool * BATCH_PER_CONNECTION);

/** As many deliveries as the connections can use, the lane allows and the relay may take. */
async function leaseFrom(
  context: WorkerContext,
  { issueId, lane, isService }: LaneSlice,
  dispatcher: Dispatcher,
  size: number,
): Promise<NextBatch> {
  const { settings } = dispatcher.relay;
  const { backoff } = dispatcher.health;
  if (backoff) return { waitMs: backoff.ms, why: backoff.why, overInMs: backoff.endsMs };
  const entry = isService ? UNLIMITED : await context.lanes.enter(settings.name, lane);
  if ('waitMs' in entry) return { ...entry, why: null };
  if (!(await dispatcher.mayConnect())) return { waitMs: NO_CONNECTION_WAIT_MS, why: null };
  const held = context.lease.current;
  const budget: { wait: BudgetWait | null } = { wait: null };
  const lease = leaseBatch(context.db, {
    issueId,
    lane,
    workerId: held.id,
    size: Math.min(size, entry.maxDeliveries),
    relay: settings.name,
    probe: 'probe' in entry,
    room: async (trx) => {
      const found = await roomOf(trx, settings.name, settings, isService ? 'service' : 'issues');
      budget.wait = found.waits;
      return found.free;
    },
  });
  const batch = await context.batches.hold(lease);
  if (batch) return { batch, dispatcher, lease: held };
  return budget.wait === null ? 'nothing' : waitForBudget(settings.name, budget.wait);
}

/** No lane limits service mails. */
const UNLIMITED: { maxDeliveries: number; probe?: true } = { maxDeliveries: Number.POSITIVE_INFINITY };

function waitForBudget(relay: string, { span, limit, inMs }: BudgetWait): LaneWait {
  if (span === null) return { waitMs: inMs, why: null };
  const why =
    span === 'warm-up'
      ? `relay ${relay} is being warmed up: its ${limit} messages for the day are used up`
      : `relay ${relay} has reached its limit of ${limit} messages per ${span}`;
  return { waitMs: inMs, why };
}
