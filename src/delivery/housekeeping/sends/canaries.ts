/**
 * Moves canaries on: once all of the canary was tried, to the wait or to the request for approval; after the wait, to
 * the rest of the send.
 */
import { moveCanaries } from '../../../sends/canary.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const canaries: HousekeepingService = {
  name: 'canaries',
  periodMs: everySweep,
  async run(context) {
    const { waiting, asking, goingOn } = await moveCanaries(context.db);
    await logIssues(context, 'info', waiting, 'all of a canary has been tried; its wait begins');
    await logIssues(context, 'info', asking, 'all of a canary has been tried; a person must resume the send');
    await logIssues(context, 'info', goingOn, 'a canary is over; the send goes on');
  },
};
