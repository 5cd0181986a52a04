/** Deletes workers that ended over a day ago. */
import { deleteEndedWorkers } from '../../../ledger/workers/leases.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

export const endedWorkers: HousekeepingService = {
  name: 'ended-workers',
  periodMs: everyTenMinutes,
  run: ({ db }) => deleteEndedWorkers(db),
};
