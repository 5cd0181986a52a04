/** Starts scheduled sends that are due, and pauses those that are more than an hour late. */
import { pauseMissed, startDue } from '../../../sends/schedule.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const scheduledSends: HousekeepingService = {
  name: 'scheduled-sends',
  periodMs: everySweep,
  async run(context) {
    const missed = await pauseMissed(context.db);
    await logIssues(context, 'warn', missed, 'paused a scheduled send that was missed by over an hour');
    await logIssues(context, 'info', await startDue(context.db), 'a scheduled send starts');
  },
};
