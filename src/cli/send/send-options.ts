/** The options of `issue send`: which ones conflict, the canary, and the issue that a correction follows. */

import type { Program } from '../../bootstrap.ts';
import { Refused, Usage } from '../../errors.ts';
import { type FoundIssue, findIssue } from '../../issue/find.ts';
import type { ReachedBy } from '../../ledger/audience.ts';
import { readDuration } from '../../sends/send-time.ts';
import type { Canary } from '../../sends/start.ts';

export interface OrderOptions {
  at?: string;
  delay?: string;
  catchUp?: string;
  expires?: string;
  canary?: string;
  canaryWait?: string;
  canaryApprove?: boolean;
  onlyReachedBy?: string;
  andUnknown?: boolean;
  segment?: string;
  dryRun?: boolean;
  wait?: boolean;
}

const names = {
  at: '--at',
  delay: '--delay',
  catchUp: '--catch-up',
  expires: '--expires',
  canary: '--canary',
  canaryWait: '--canary-wait',
  canaryApprove: '--canary-approve',
  wait: '--wait',
} as const;

type Name = keyof typeof names;

/** Throws Usage for options that contradict each other, or say nothing without another. */
export function refuseConflicts(options: OrderOptions): void {
  const given = (...of: Name[]) => of.filter((name) => options[name] !== undefined).map((n) => names[n]);
  if (given('at', 'delay').length === 2)
    throw new Usage('give either --at (a time) or --delay (a duration), not both');
  if (given('canaryWait', 'canaryApprove').length === 2)
    throw new Usage(
      'give either --canary-wait (continues by itself) or --canary-approve (waits for issue resume), not both',
    );
  if (options.canary === undefined && given('canaryWait', 'canaryApprove').length > 0)
    throw new Usage(`${given('canaryWait', 'canaryApprove')[0]} needs --canary: how many go first`);
  if (options.andUnknown && options.onlyReachedBy === undefined)
    throw new Usage('--and-unknown needs --only-reached-by, which names the issue');
  if (options.onlyReachedBy !== undefined && options.catchUp !== undefined)
    throw new Usage(
      'a correction (--only-reached-by) takes no --catch-up: people who confirm later were not reached before',
    );
  const idle = given('at', 'delay', 'catchUp', 'expires', 'canary', 'canaryWait', 'canaryApprove', 'wait');
  if (options.dryRun && idle.length > 0)
    throw new Usage(`--dry-run sends nothing, so it goes without ${idle.join(' and ')}`);
}

/** `500` or `5%`. Throws Usage. */
export function readCanary({ canary, canaryWait, canaryApprove }: OrderOptions): Canary | null {
  if (canary === undefined) return null;
  const [, number, share] = /^(\d{1,9}(?:\.\d+)?)\s*(%?)$/.exec(canary.trim()) ?? [];
  const n = Number(number);
  const fits = share === '%' ? n > 0 && n < 100 : Number.isInteger(n) && n > 0;
  if (!fits)
    throw new Usage(
      `--canary: expected a number of people such as 500, or a share such as 5%, got "${canary}"`,
    );
  return {
    first: share === '%' ? { percent: n } : { people: n },
    waitSeconds: canaryApprove ? null : readDuration(canaryWait ?? '30m', '--canary-wait'),
  };
}

export function canaryText({ first, waitSeconds }: Canary): string {
  const who = 'people' in first ? `the first ${first.people} people` : `the first ${first.percent} %`;
  const then =
    waitSeconds === null
      ? 'the others after issue resume'
      : `the others ${waitSeconds} s after the relay has replied for them`;
  return `${who}, ${then}`;
}

/** The issue that a correction follows. Throws Refused when it is not known whom that issue has reached. */
export async function readReachedBy(
  program: Program,
  found: FoundIssue,
  rehearsal: boolean,
  { onlyReachedBy, andUnknown }: OrderOptions,
): Promise<ReachedBy | null> {
  if (onlyReachedBy === undefined) return null;
  const first = await findIssue(program.db, onlyReachedBy);
  const refuse = (why: string) =>
    new Refused('not-to-correct', `--only-reached-by ${first.name}: ${why}; nothing was sent`);
  if (first.newsletterId !== found.newsletterId)
    throw refuse(
      `expected an issue of ${found.newsletter}: nobody agreed to get another newsletter's corrections`,
    );
  if (!['sent', 'cancelled'].includes(first.state))
    throw refuse(
      `it is ${first.state}; whom it reaches is known only once it is sent or cancelled (postrider issue cancel ${first.name})`,
    );
  if (first.compactingSince !== null)
    throw refuse('its ledger was compacted to counts, so it is no longer known whom it reached');
  if (first.rehearsal && !rehearsal) throw refuse('it was a rehearsal and reached only the built-in inbox');
  return { issueId: first.id, unknown: andUnknown === true };
}
