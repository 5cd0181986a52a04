/**
 * Ends the leases of workers that died: the deliveries that they were handing over become unknown, and the rest of
 * their batches is given back.
 */
import { endDeadWorkers } from '../../../ledger/workers/leases.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const deadWorkers: HousekeepingService = {
  name: 'dead-workers',
  periodMs: everySweep,
  async run({ db, log }) {
    const { ended, unknown } = await endDeadWorkers(db);
    if (ended > 0) log.warn({ ended, unknown }, 'ended the leases of workers that sent no heartbeat');
  },
};
