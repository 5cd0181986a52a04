/** Pauses sends that no worker served for over an hour, before any worker serves them: the database may be a copy. */
import { noteServed, pauseUnserved } from '../../../sends/unserved.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const unservedSends: HousekeepingService = {
  name: 'unserved-sends',
  periodMs: everySweep,
  async run(context) {
    const paused = await pauseUnserved(context.db);
    await logIssues(context, 'warn', paused, 'paused a send that no worker served for over an hour');
    await noteServed(context.db);
  },
};
