/** Deliveries that were marked for hand-over, but belong to no open batch any more, become unknown. */
import { markOrphansUnknown } from '../../../ledger/unknown-outcomes.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const orphanedDeliveries: HousekeepingService = {
  name: 'orphaned-deliveries',
  periodMs: everySweep,
  async run({ db, log, times }) {
    const unknown = await markOrphansUnknown(db, times.leaseMs);
    if (unknown > 0) log.warn({ unknown }, 'deliveries that no worker was handing over any more are unknown');
  },
};
