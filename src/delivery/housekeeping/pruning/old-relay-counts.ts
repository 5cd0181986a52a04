/** Deletes counts of relays that no limit needs any more. */
import { deleteOldCounts } from '../../../ledger/relays/budget.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

export const oldRelayCounts: HousekeepingService = {
  name: 'old-relay-counts',
  periodMs: everyTenMinutes,
  run: ({ db }) => deleteOldCounts(db),
};
