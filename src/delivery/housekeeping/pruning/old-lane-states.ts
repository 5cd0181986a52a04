/** Drops what was learned about a lane a day ago and not tested since: it says little about today. */
import { resetOldLanes } from '../../../ledger/lanes/states.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

export const oldLaneStates: HousekeepingService = {
  name: 'old-lane-states',
  periodMs: everyTenMinutes,
  run: ({ db }) => resetOldLanes(db),
};
