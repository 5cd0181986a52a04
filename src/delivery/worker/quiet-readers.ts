/** Quiet hours by each reader's own clock: whoever must not be written to now is postponed until their morning. */
import { type Quiet, quietAt, readQuiet } from '../../audience/fields/quiet-hours.ts';
import type { Batch, LeasedDelivery } from '../../ledger/lease.ts';
import { postpone, timezonesOf } from '../../ledger/postpone.ts';
import type { WorkerContext } from './context.ts';
import type { LaneSlice } from './lane-slice.ts';

/** A batch may take this long: readers whose quiet hours begin within it are postponed at once. */
const MAX_BATCH_MS = 15_000;

/** The deliveries of a batch without those for whom it is quiet. */
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

/** For how long a delivery must wait; 0: it may go. One whose quiet hours begin soon waits for the next look. */
function silenceMs({ overInMs, beginsInMs }: Quiet): number {
  if (overInMs > 0) return overInMs;
  return beginsInMs < MAX_BATCH_MS ? beginsInMs + 1 : 0;
}

/** An unknown zone (an import may bring one) counts as none. */
function quietIn(hours: string, zone: string, usual: string, now: Date): Quiet {
  try {
    return quietAt(readQuiet(hours), zone, now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return quietAt(readQuiet(hours), usual, now);
  }
}
