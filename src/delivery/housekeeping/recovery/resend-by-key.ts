/** Resends unknowns, though the policy is to hold them, where the relay itself sees to it that nobody gets two. */
import { endResendsByKey, resendByKey, sendsWithHeldUnknowns } from '../../../ledger/resend-by-key.ts';
import { profileOf } from '../../relay/profiles/profiles.ts';
import { logIssues } from '../service/log-issues.ts';
import { everySweep, type HousekeepingContext, type HousekeepingService } from '../service/service.ts';

export const resendUnknownsByKey: HousekeepingService = {
  name: 'resend-by-key',
  periodMs: everySweep,
  async run(context) {
    const { db, log, times } = context;
    const resent: number[] = [];
    for (const { issueId, route } of await sendsWithHeldUnknowns(db)) {
      const target = onlyRelay(context, route);
      if (target && (await resendByKey(db, { issueId, ...target }, times.retryMs)) > 0) resent.push(issueId);
    }
    await logIssues(
      context,
      'info',
      resent,
      'unknown deliveries will be resent: their relay drops a second copy',
    );
    const ended = await endResendsByKey(db);
    if (ended > 0)
      log.warn({ deliveries: ended }, 'could not resend deliveries in time: they are unknown again');
  },
};

/** With several relays the second copy could go through another one, which knows nothing of the first. */
function onlyRelay(
  { routes }: HousekeepingContext,
  route: string | null,
): { relay: string; keyMs: number } | null {
  const [only, ...others] = routes.candidatesFor(route, 'issues');
  if (!only || others.length > 0) return null;
  const { settings } = only.dispatcher.relay;
  const keyMs = profileOf(settings)?.idempotencyMs;
  return keyMs === undefined ? null : { relay: settings.name, keyMs };
}
