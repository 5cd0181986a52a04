/** `postrider issue deliveries|reconcile|retry`: the ledger of an issue, read and settled. */
import { readAddress } from '../consent/identity.ts';
import { ringLanes } from '../delivery/engine.ts';
import { reopenIssue } from '../delivery/steer.ts';
import { Refused, Usage } from '../errors.ts';
import { type FoundIssue, findIssue } from '../issue/find.ts';
import { settleUnknown } from '../ledger/doubt.ts';
import { messageId } from '../ledger/message-id.ts';
import { type Outcome, outcomes, people } from '../ledger/people.ts';
import { type Mendable, mendable, retryRefused } from '../ledger/retry-refused.ts';
import { liveWorkers } from '../ledger/workers.ts';
import type { Edition } from '../render/edition.ts';
import type { Program } from '../wire.ts';
import { showStatus } from './issue-send-show.ts';
import { type OpenContext, tell } from './shared.ts';

export async function printDeliveries(
  open: OpenContext,
  reference: string,
  options: { outcome?: string },
): Promise<void> {
  const outcome = options.outcome ?? null;
  if (outcome !== null && !outcomes.includes(outcome as Outcome))
    throw new Usage(`--outcome: expected ${outcomes.join(', ')}, got "${outcome}"`);
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  const label = await editionLabel(wire, found);
  const reader = readerOfOutput();
  for await (const line of people(wire.db, found.id, outcome as Outcome | null)) {
    const { email, reason, reply, attempts, at } = line;
    const id = label === null ? null : `<${messageId(found.id, line.id, label.hash, label.domain)}>`;
    const printed = { email, outcome: line.outcome, reason, reply, messageId: id, attempts, at };
    if (!(await reader.takes(`${JSON.stringify({ ...printed, state: line.state })}\n`))) return;
  }
}

/** Who reads our output may be slow, or have read enough (`| head`): neither is a fault. */
function readerOfOutput(): { takes(text: string): Promise<boolean> } {
  let gone = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
  });
  return {
    async takes(text) {
      if (!gone && !process.stdout.write(text))
        await new Promise<void>((resolve) => {
          process.stdout.once('drain', resolve).once('error', () => resolve());
        });
      return !gone;
    },
  };
}

/** What the Message-IDs of an issue have in common. */
async function editionLabel(
  wire: Program,
  found: FoundIssue,
): Promise<{ hash: string; domain: string } | null> {
  if (found.edition_id === null) return null;
  const row = await wire.db
    .selectFrom('editions')
    .select('content')
    .where('id', '=', found.edition_id)
    .executeTakeFirstOrThrow();
  const edition = row.content as Edition;
  return { hash: edition.hash.slice(0, 8), domain: edition.from.address.split('@').at(-1)! };
}

export async function reconcile(
  open: OpenContext,
  reference: string,
  addresses: string[],
  options: { accept?: boolean; resend?: boolean },
): Promise<void> {
  if (Boolean(options.accept) === Boolean(options.resend))
    throw new Usage('give one of --accept (they arrived) and --resend (send them again)');
  const identities =
    addresses.length === 0 ? null : addresses.map((address) => readAddress(address).identity);
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  if (options.resend) refuseEnded(found);
  const verdict = options.accept ? 'accept' : 'resend';
  const moved = await wire.db.transaction().execute(async (trx) => {
    const settled = await settleUnknown(trx, found.id, verdict, 'editor', identities);
    if (settled > 0 && verdict === 'resend') await reopenIssue(trx, found.id);
    return settled;
  });
  tell(`${moved} unknown ${moved === 1 ? 'delivery' : 'deliveries'} settled`);
  await showStatus(wire.db, found.id);
}

export async function retry(
  open: OpenContext,
  reference: string,
  options: { reason?: string },
): Promise<void> {
  const reasons = mendable.filter((one) => options.reason === undefined || one === options.reason);
  if (reasons.length === 0)
    throw new Usage(`--reason: expected ${mendable.join(', ')}, got "${options.reason}"`);
  const { wire } = await open();
  const found = await findIssue(wire.db, reference);
  refuseEnded(found);
  const { moved, lanes } = await retryRefused(wire.db, found.id, reasons as readonly Mendable[]);
  await ringLanes(wire.bells, found.id, lanes, await liveWorkers(wire.db)).catch(() => {});
  tell(`${moved} refused ${moved === 1 ? 'delivery is' : 'deliveries are'} tried again`);
  await showStatus(wire.db, found.id);
}

/** Only a send that may still hand something over. */
function refuseEnded({ name, state }: FoundIssue): void {
  if (['sent', 'sending', 'paused'].includes(state)) return;
  throw new Refused('issue-not-sent', `${name} is ${state}, so nobody of it can be tried again`);
}
