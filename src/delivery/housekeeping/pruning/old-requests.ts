/** Deletes records of who requested a confirmation, page by page, once no budget counts them, and solved challenges. */
import { deleteOldRequests } from '../../../consent/signup/old-requests.ts';
import { deleteSpentChallenges } from '../../../consent/signup/proof.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

/** A larger backlog is continued in the next run. */
const MAX_PAGES = 10;

export const oldRequests: HousekeepingService = {
  name: 'old-requests',
  periodMs: everyTenMinutes,
  async run({ db, log }) {
    let deleted = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const gone = await deleteOldRequests(db);
      deleted += gone;
      if (gone === 0) break;
    }
    await deleteSpentChallenges(db);
    if (deleted > 0) log.debug({ deleted }, 'deleted old requests for a confirmation');
  },
};
