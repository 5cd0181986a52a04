/** The job that renews the worker's lease, and applies the operator's settings to its relays. */
import type { RelayWatch } from '../src/delivery/relay/relay-watch.ts';
import type { WorkerContext } from '../src/delivery/worker/context.ts';
import { repeat } from './repeat.ts';

export function heartbeat(context: WorkerContext, relays: RelayWatch, stopped: AbortSignal): Promise<void> {
  const { lease, log, times } = context;
  return repeat(context, stopped, { everyMs: times.heartbeatMs, what: 'heartbeat' }, async () => {
    const lostId = lease.id;
    if (!(await lease.renew())) log.warn({ worker: lostId }, 'our lease had run out; took a new one');
    await relays.look(lease.id);
  });
}
