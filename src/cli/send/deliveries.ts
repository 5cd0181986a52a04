/** `postrider issue deliveries|retry`: prints the ledger of an issue, and tries refused deliveries again. */

import type { Program } from '../../bootstrap.ts';
import { profileOf } from '../../delivery/relay/profiles/profiles.ts';
import { Refused, Usage } from '../../errors.ts';
import { findIssue } from '../../issue/find.ts';
import { messageId } from '../../ledger/message-id.ts';
import {
  type FullLine,
  fullLedger,
  type Outcome,
  outcomes,
  type PersonLine,
  people,
} from '../../ledger/per-person.ts';
import { type RetryableReason, retryableReasons, retryRefused } from '../../ledger/retry-refused.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import { wakeLanes } from '../../sends/wake.ts';
import type { OpenContext } from '../context.ts';
import { tell } from '../output.ts';
import { counted } from '../text.ts';
import { showStatus } from './show-status.ts';
import { editionLabel, refuseEnded } from './started-send.ts';

export async function printDeliveries(
  open: OpenContext,
  reference: string,
  options: { outcome?: string; attempts?: boolean },
): Promise<void> {
  const outcome = options.outcome ?? null;
  if (outcome !== null && !outcomes.includes(outcome as Outcome))
    throw new Usage(`--outcome: expected ${outcomes.join(', ')}, got "${outcome}"`);
  const { program } = await open();
  const found = await findIssue(program.db, reference);
  if (found.compactedAt !== null)
    throw new Refused(
      'issue-thinned',
      `the ledger of ${found.name} was compacted to counts at ${found.compactedAt.toISOString()}; postrider issue status ${found.name} shows them`,
    );
  const label = await editionLabel(program, found);
  const ofRelay = relayFields(program);
  const reader = readerOfOutput();
  const lines = (options.attempts ? fullLedger : people)(program.db, found.id, outcome as Outcome | null);
  for await (const line of lines) {
    const { email, reason, reply, attempts, at, state } = line;
    const id = label === null ? null : `<${messageId(found.id, line.id, label.hash, label.domain)}>`;
    const printed = { email, outcome: line.outcome, reason, reply, messageId: id, attempts, at, state };
    const said = { ...ofRelay(line), ...more(line) };
    if (!(await reader.takes(`${JSON.stringify({ ...printed, ...said })}\n`))) return;
  }
}

/**
 * For accepted deliveries, what the relay's profile knows: `relayId`, its own id of the message, and `unconfirmed`, why
 * its 250 is no acceptance while no event has said more.
 */
function relayFields(program: Program): (line: PersonLine) => object {
  const known = new Map(program.relays.map(({ settings }) => [settings.name, profileOf(settings)]));
  return ({ state, reason, reply, relay, feedback }) => {
    const profile = state === 'accepted' && relay !== null ? known.get(relay) : null;
    if (!profile) return {};
    const [, relayId] = profile.replyId?.exec(reply ?? '') ?? [];
    const isOpen = profile.answersLater !== undefined && reason === null && feedback === null;
    return { ...(relayId && { relayId }), ...(isOpen && { unconfirmed: profile.answersLater }) };
  };
}

/** What `--attempts` adds. */
function more(line: PersonLine | FullLine): object {
  if (!('history' in line)) return {};
  const { lane, relay, feedback, firstAttemptAt, history } = line;
  return { lane, relay, feedback, firstAttemptAt, history };
}

/** Whoever reads our output may be slow, or stop early (`| head`). Neither is an error. */
function readerOfOutput(): { takes(text: string): Promise<boolean> } {
  let gone = false;
  let goOn = () => {};
  // One listener per event for the whole output, however often it has to wait.
  process.stdout.on('drain', () => goOn());
  process.stdout.on('error', () => {
    gone = true;
    goOn();
  });
  return {
    async takes(text) {
      if (!gone && !process.stdout.write(text))
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
      return !gone;
    },
  };
}

export async function retry(
  open: OpenContext,
  reference: string,
  options: { reason?: string },
): Promise<void> {
  const reasons = retryableReasons.filter((one) => options.reason === undefined || one === options.reason);
  if (reasons.length === 0)
    throw new Usage(`--reason: expected ${retryableReasons.join(', ')}, got "${options.reason}"`);
  const { program } = await open();
  const found = await findIssue(program.db, reference);
  refuseEnded(found);
  const { moved, lanes } = await retryRefused(program.db, found.id, reasons as readonly RetryableReason[]);
  await wakeLanes(program.wakeUps, found.id, lanes, await liveWorkers(program.db)).catch(() => {});
  tell(`${counted(moved, 'refused delivery', 'refused deliveries')} will be tried again`);
  await showStatus(program.db, found.id);
}
