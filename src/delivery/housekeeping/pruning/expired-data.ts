/** Deletes personal data whose time is over, of each kind by its own setting (POSTRIDER_KEEP). */
import { deleteExpired } from '../../../audience/retention.ts';
import { deleteOldAddressChanges } from '../../../consent/choosing/change-address.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

export const expiredData: HousekeepingService = {
  name: 'expired-data',
  periodMs: everyTenMinutes,
  async run({ db, clock, log, retention }) {
    await deleteOldAddressChanges(db);
    if (!retention) return;
    const deleted = await deleteExpired(db, retention.keys, clock, retention.keep);
    if (Object.keys(deleted).length > 0) log.info({ deleted }, 'deleted personal data whose time is over');
  },
};
