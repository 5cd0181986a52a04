/** Skips deliveries that relays have deferred for too long. */
import { expireOld } from '../../../sends/expire.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const expiredDeliveries: HousekeepingService = {
  name: 'expired-deliveries',
  periodMs: everySweep,
  run: ({ db, times }) => expireOld(db, times.expireMs),
};
