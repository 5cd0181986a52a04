/** Deletes people who asked by the form and never confirmed, page by page. */
import { deleteUnconfirmed } from '../../../consent/signup/unconfirmed.ts';
import { everyTenMinutes, type HousekeepingService } from '../service/service.ts';

/** A larger backlog is continued in the next run. */
const MAX_PAGES = 20;

export const unconfirmed: HousekeepingService = {
  name: 'unconfirmed',
  periodMs: everyTenMinutes,
  async run({ db, log }) {
    let deleted = 0;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const gone = await deleteUnconfirmed(db);
      deleted += gone;
      if (gone === 0) break;
    }
    if (deleted > 0) log.info({ deleted }, 'deleted sign-ups that nobody confirmed');
  },
};
