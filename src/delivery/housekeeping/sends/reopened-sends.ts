/** Reopens sends that had ended and have work again. */
import { reopenWithWork } from '../../../sends/reopen.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const reopenedSends: HousekeepingService = {
  name: 'reopened-sends',
  periodMs: everySweep,
  async run(context) {
    await logIssues(context, 'info', await reopenWithWork(context.db), 'a send has work again');
  },
};
