/** Skips everybody whom an issue did not reach before it expired. */
import { expireIssues } from '../../../sends/expire.ts';
import { issueName } from '../../../sends/issue-name.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const expiredIssues: HousekeepingService = {
  name: 'expired-issues',
  periodMs: everySweep,
  async run({ db, log }) {
    for (const [id, skipped] of await expireIssues(db))
      log.info(
        { issue: await issueName(db, id), skipped },
        'an issue has expired; skipped those it had not reached',
      );
  },
};
