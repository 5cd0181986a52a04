/** Warns, once per issue and alarm, when what comes back endangers the sender's reputation. */
import { raiseAlarms } from '../../../sends/feedback-alarms.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const feedbackAlarms: HousekeepingService = {
  name: 'feedback-alarms',
  periodMs: everySweep,
  run: ({ db, log }) => raiseAlarms(db, log),
};
