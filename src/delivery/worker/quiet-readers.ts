/** Quiet hours by each reader's own clock: who must not be written to now is put off until their morning. */
import { type Quiet, quietAt, readQuiet } from '../../audience/fields/quiet-hours.ts';
import type { Batch, LeasedDelivery } from '../../ledger/lease.ts';
import { postpone, timezonesOf } from '../../ledger/postpone.ts';
import type { Serving } from '../../sends/send-settings.ts';
import type { WorkerContext } from './context.ts';

/** A window may take this long: who falls silent within it is put off at once. */
const WINDOW_MS = 15_000;

/** The deliveries of a window without those for whom it is quiet. */
export async function withoutQuiet(
  context: WorkerContext,
  issueId: number,
  window: Batch,
  { hours, timezone }: NonNullable<Serving['readersQuiet']>,
): Promise<LeasedDelivery[]> {
  const ids = window.deliveries.map((delivery) => delivery.id);
  const { now, zones } = await timezonesOf(context.db, issueId, ids);
  const quiets = new Map<string, Quiet>();
  const quietOf = (zone: string): Quiet => {
    const known = quiets.get(zone) ?? quietIn(hours, zone, timezone, now);
    quiets.set(zone, known);
    return known;
  };
  const off = ids.flatMap((id) => {
    const dueInMs = silenceMs(quietOf(zones.get(id) ?? timezone));
    return dueInMs > 0 ? [{ id, dueInMs }] : [];
  });
  if (off.length === 0) return window.deliveries;
  await postpone(context.db, issueId, window.id, 'quiet-hours', off);
  const gone = new Set(off.map((one) => one.id));
  return window.deliveries.filter((delivery) => !gone.has(delivery.id));
}

/** Until when a delivery of this window must wait; 0: it may go. One that falls silent soon waits for the next look. */
function silenceMs({ overInMs, beginsInMs }: Quiet): number {
  if (overInMs > 0) return overInMs;
  return beginsInMs < WINDOW_MS ? beginsInMs + 1 : 0;
}

/** A zone that nobody knows (an import may bring one) counts as none. */
function quietIn(hours: string, zone: string, usual: string, now: Date): Quiet {
  try {
    return quietAt(readQuiet(hours), zone, now);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return quietAt(readQuiet(hours), usual, now);
  }
}
