/** Resends unknowns, by the retry schedule, where the newsletter's policy is `resend`. */
import { resendUnknownsByPolicy } from '../../../ledger/unknown-outcomes.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingService } from '../service/service.ts';

export const resendUnknowns: HousekeepingService = {
  name: 'resend-unknowns',
  periodMs: everySweep,
  async run(context) {
    const issues = await resendUnknownsByPolicy(context.db, context.times.retryMs);
    await logIssues(
      context,
      'info',
      issues,
      "unknown deliveries will be resent, as the newsletter's policy says",
    );
  },
};
