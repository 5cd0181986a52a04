/**
 * Auto-pause: a send pauses itself when more of it is refused, bounces or draws complaints than its newsletter
 * tolerates, before the sender's reputation suffers. A person decides how it continues; problems that they knew about
 * when they resumed do not pause it again.
 */
import type { Db } from '../db/connection.ts';
import { commonRefusal, type Signals, signalsOf } from '../ledger/refusal-signals.ts';
import type { Log } from '../ports.ts';
import { issueName } from './issue-name.ts';
import { pauseIssue } from './pause.ts';

/** Checks one running send, or all of them. Returns those that this call paused. */
export async function autoPauseSends(db: Db, log: Log, issueId: number | null = null): Promise<number[]> {
  const paused: number[] = [];
  for (const signals of await signalsOf(db, issueId)) {
    const why = whyAutoPaused(signals);
    if (why === null) continue;
    const common = await commonRefusal(db, signals.issue);
    const commonReply = common ? `; ${common.times} times the answer was "${common.reply}"` : '';
    if (
      !(await pauseIssue(db, signals.issue, 'postrider', {
        code: 'breaker',
        detail: `${why}${commonReply}`,
      }))
    )
      continue;
    log.warn(
      { issue: await issueName(db, signals.issue), why },
      'paused a send: too many refusals, bounces or complaints',
    );
    paused.push(signals.issue);
  }
  return paused;
}

/** Null while the send stays within its newsletter's limits. */
export function whyAutoPaused(signals: Signals): string | null {
  const { judged, minJudged, refused, complaints, maxRefusedPercent, maxComplaintsPercent } = signals;
  if (judged < Math.max(1, minJudged)) return null;
  const percent = (part: number) => Math.round((1_000 * part) / judged) / 10;
  const over = (part: number, bears: number) => bears > 0 && 100 * part > bears * judged;
  if (over(refused, maxRefusedPercent))
    return `${refused} of ${judged} were refused or bounced (${percent(refused)} %, the limit is ${maxRefusedPercent} %)`;
  if (over(complaints, maxComplaintsPercent))
    return `${complaints} of ${judged} complained (${percent(complaints)} %, the limit is ${maxComplaintsPercent} %)`;
  return null;
}
