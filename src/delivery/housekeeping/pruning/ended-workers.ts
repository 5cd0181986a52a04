/** Deletes workers that ended over a day ago. */
import { forgetEndedWorkers } from '../../../ledger/workers/leases.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

export const endedWorkers: HousekeepingService = {
  name: 'ended-workers',
  periodMs: everyTenMinutes,
  run: ({ db }) => forgetEndedWorkers(db),
};
