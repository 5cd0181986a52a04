/** Notes how far the lanes of running sends are; their rates are told from it. */
import { sampleLanes } from '../../../ledger/lanes/progress.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const laneProgress: HousekeepingService = {
  name: 'lane-progress',
  periodMs: everySweep,
  run: ({ db, times }) => sampleLanes(db, times.sweepMs),
};
