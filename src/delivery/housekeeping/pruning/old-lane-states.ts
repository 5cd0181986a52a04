/** Forgets what was learned of a lane a day ago and was not tried since: it says little about today. */
import { resetOldLanes } from '../../../ledger/lanes/states.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

export const oldLaneStates: HousekeepingService = {
  name: 'old-lane-states',
  periodMs: everyTenMinutes,
  run: ({ db }) => resetOldLanes(db),
};
