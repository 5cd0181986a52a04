/** Quiet hours by each reader's own clock: readers who must not get mail now are postponed until their morning. */
import { type Quiet, quietAt, readQuiet } from '../../audience/fields/quiet-hours.ts';
import type { Batch, LeasedDelivery } from '../../ledger/lease.ts';
import { postpone, timezonesOf } from '../../ledger/postpone.ts';
import type { WorkerContext } from './context.ts';
import type { LaneSlice } from './lane-slice.ts';

/** How long a batch may take: readers whose quiet hours begin within that time are postponed at once. */
const MAX_BATCH_MS = 15_000;

/** Returns the deliveries of a batch whose readers are not in quiet hours. */
export async function postponeQuietReaders(
  { db }: WorkerContext,
  { issueId, settings }: LaneSlice,
  { id: batchId, deliveries }: Batch,
): Promise<LeasedDelivery[]> {
  if (!settings.readersQuiet) return deliveries;
  const { hours, timezone } = settings.readersQuiet;
  const ids = deliveries.map((delivery) => delivery.id);
  const { now, zones } = await timezonesOf(db, issueId, ids);
  const quiets = new Map<string, Quiet>();
  const quietOf = (zone: string): Quiet => {
    const known = quiets.get(zone) ?? quietIn(hours, zone, timezone, now);
    quiets.set(zone, known);
    return known;
  };
  const quiet = ids.flatMap((id) => {
    const dueInMs = silenceMs(quietOf(zones.get(id) ?? timezone));
    return dueInMs > 0 ? [{ id, dueInMs }] : [];
  });
  if (quiet.length === 0) return deliveries;
  await postpone(db, issueId, batchId, 'quiet-hours', quiet);
  const postponed = new Set(quiet.map((one) => one.id));
  return deliveries.filter((delivery) => !postponed.has(delivery.id));
}

/**
 * How long a delivery must wait; 0: it may go. One whose quiet hours begin soon is postponed to their beginning and
 * checked again then.
 */
function silenceMs({ overInMs, beginsInMs }: Quiet): number {
  if (overInMs > 0) return overInMs;
  return beginsInMs < MAX_BATCH_MS ? beginsInMs + 1 : 0;
}

/** An unknown time zone (an import may contain one) counts as none. */
function quietIn(hours: string, zone: string, usual: string, now: Date): Quiet {
  try {
    return quietAt(readQuiet(hours), zone, now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return quietAt(readQuiet(hours), usual, now);
  }
}
