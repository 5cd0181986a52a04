/** Plans people who confirmed after a send began, for as long as its catch-up lasts. */
import { catchUp } from '../../../sends/catch-up.ts';
import { issueName } from '../../../sends/issue-name.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const lateSubscribers: HousekeepingService = {
  name: 'late-subscribers',
  periodMs: everySweep,
  async run({ db, log }) {
    for (const [id, planned] of await catchUp(db))
      log.info({ issue: await issueName(db, id), planned }, 'planned people who confirmed after the send');
  },
};
