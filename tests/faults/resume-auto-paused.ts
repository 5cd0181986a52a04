/** Resumes a send that paused itself, as the person who watches it would. */
import { issueStatus } from '../../src/stats/status.ts';
import type { TrialContext } from './trial-context.ts';

/** True when the send is over. */
export async function resumeIfAutoPaused(context: TrialContext): Promise<boolean> {
  const { state, reason } = await issueStatus(context.db, context.issueId);
  if (state === 'paused') {
    context.pauses.push(reason ?? 'no reason');
    await context.harness.run('issue', 'resume', context.issue);
  }
  return state === 'sent' || state === 'cancelled';
}
