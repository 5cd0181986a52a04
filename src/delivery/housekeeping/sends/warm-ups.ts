/** Moves relays that are being warmed up to the next step when a step's day is over. */
import { growWarmUps } from '../../../ledger/relays/warm-up.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const warmUps: HousekeepingService = {
  name: 'warm-ups',
  periodMs: everySweep,
  async run({ db, log }) {
    for (const grown of await growWarmUps(db)) log.info(grown, "a day of a relay's warm-up is over");
  },
};
