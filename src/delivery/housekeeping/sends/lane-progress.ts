/** Samples the progress of running sends' lanes, from which their rates are computed. */
import { sampleLanes } from '../../../ledger/lanes/progress.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const laneProgress: HousekeepingService = {
  name: 'lane-progress',
  periodMs: everySweep,
  run: ({ db, times }) => sampleLanes(db, times.sweepMs),
};
