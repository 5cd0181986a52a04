/** Deletes the ids of providers' events, page by page, once nobody can repeat them any more. */
import { deleteOldEvents } from '../../../ledger/feedback/provider-events.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

/** A larger backlog is continued in the next run. */
const MAX_PAGES = 20;

export const oldEvents: HousekeepingService = {
  name: 'old-events',
  periodMs: everyTenMinutes,
  async run({ db, log }) {
    let deleted = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const gone = await deleteOldEvents(db);
      deleted += gone;
      if (gone === 0) break;
    }
    if (deleted > 0) log.debug({ deleted }, "deleted the ids of providers' old events");
  },
};
