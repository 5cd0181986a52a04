/** The job that repairs whatever was lost. Every worker runs all of its services. */
import { Housekeeping } from '../src/delivery/housekeeping/runner.ts';
import { services } from '../src/delivery/housekeeping/services.ts';
import type { WorkerContext } from '../src/delivery/worker/context.ts';

export function housekeeping(context: WorkerContext, stopped: AbortSignal): Promise<void> {
  const { lease } = context;
  return new Housekeeping(services, { ...context, workerId: () => lease.id }).run(stopped);
}
