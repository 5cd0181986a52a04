/** Pauses sends that are refused or complained about more than their newsletter allows. */
import { autoPauseSends } from '../../../sends/auto-pause.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const autoPause: HousekeepingService = {
  name: 'auto-pause',
  periodMs: everySweep,
  async run({ db, log }) {
    await autoPauseSends(db, log);
  },
};
