/** Gives back batches that the ledger leased to this worker without its knowing, because the answer was lost. */
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const unheldBatches: HousekeepingService = {
  name: 'unheld-batches',
  periodMs: everySweep,
  async run({ db, log, batches, workerId }) {
    const lost = await batches.endUnheld(db, workerId());
    if (lost > 0)
      log.warn({ batches: lost }, 'gave back batches that this worker did not know it had leased');
  },
};
