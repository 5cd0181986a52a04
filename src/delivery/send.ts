/**
 * A send, from the lease of a batch to its last settle. `deliverBatches` leases the batches of a lane one after
 * another. `deliverBatch` prepares the composer of one batch and queues its messages for a relay's connections.
 * `sendMessage` sends one message over one connection: compose, mark, hand over, settle.
 *
 * Nothing is handed over without a mark. The ledger grants a mark once, and only while the issue is sending and the
 * worker's lease holds. So whatever stops in between, a delivery is either settled by the worker that marked it, or
 * becomes unknown.
 */
import { Refused } from '../errors.ts';
import { endWait } from '../ledger/workers/batch-waits.ts';
import type { SmtpConnection } from '../ports.ts';
import type { MessageMemory } from '../render/message/message.ts';
import { leftConnection } from './relay/left-connection.ts';
import type { RelayParts, Sent } from './relay/message-loop.ts';
import { ofSecondCopy, outcomeOf, retryLater, unsendable } from './relay/outcome.ts';
import type { Composed, QueuedMessage } from './relay/queued-message.ts';
import { classifyReply, type Verdict } from './replies/classify.ts';
import { BatchInProgress } from './worker/batch-in-progress.ts';
import type { WorkerContext } from './worker/context.ts';
import { pauseIfBadlyReceived } from './worker/issue-state.ts';
import type { LaneSlice } from './worker/lane-slice.ts';
import { type LaneWait, type LeasedBatch, leaseNextBatch } from './worker/lease-batch.ts';
import { postponeQuietReaders } from './worker/quiet-readers.ts';
import { RunningBatches } from './worker/running-batches.ts';
import { watchUntilFinished } from './worker/watch-batch.ts';

/** What a slice leaves in its lane: nothing that is due, more work, or work that must wait. */
export type Remainder = 'nothing' | 'more' | LaneWait;

/** Delivers batches of a lane until its slice of time is over or nothing may go now. */
export async function deliverBatches(context: WorkerContext, slice: LaneSlice): Promise<Remainder> {
  const { quiet } = slice.settings;
  if (quiet && quiet.overInMs > 0) return { waitMs: quiet.overInMs, why: 'quiet hours of the newsletter' };
  const running = new RunningBatches(context, slice);
  let remainder: Remainder = 'more';
  try {
    while (remainder === 'more' && slice.takesMore && !running.failed) {
      const next = await leaseNextBatch(context, slice);
      if (next !== 'nothing' && 'batch' in next) await running.add(deliverBatch(context, slice, next));
      else remainder = next;
    }
  } finally {
    // Even after a fault: a drain waits for this slice, and so for everything that it is handing over.
    await running.end();
  }
  return slice.stop.signal.aborted ? 'more' : remainder;
}

async function deliverBatch(context: WorkerContext, slice: LaneSlice, leased: LeasedBatch): Promise<void> {
  const open = new BatchInProgress(context, slice, leased);
  try {
    if (slice.settings.waits) await endWait(context.db, slice.issueId);
    const deliveries = await postponeQuietReaders(context, slice, leased.batch);
    const compose = await context.composers.prepare(deliveries, leased.dispatcher.relay.settings.headers);
    leased.dispatcher.submit(open.open(deliveries, compose));
    await watchUntilFinished(context, slice, open);
  } finally {
    await open.end();
  }
  await pauseIfBadlyReceived(context, slice);
}

/** Called by the dispatcher when a connection is free and the message may go. */
export async function sendMessage(
  { marks, feedback, settler }: RelayParts,
  connection: SmtpConnection,
  message: QueuedMessage,
  memory: MessageMemory,
): Promise<Sent> {
  const composed = compose(message, memory);
  if (composed instanceof Error) return settleUncomposed({ feedback, settler }, message, composed);
  const mark = marks.begin(message.delivery, message.batch.workerId);
  const ended = await connection.handOver(
    composed.envelope,
    composed.bytes,
    () => mark.ask(),
    () => mark.isFresh(),
    mark.late,
  );
  mark.end();
  const classified =
    ended.kind === 'answered' ? classifyReply(ended.reply, ended.stage, ended.history) : null;
  const left = leftConnection(ended, classified);
  if (left) {
    const again = await settler.settleUntried(message, left.why, mark.answer);
    return { kind: 'connection-left', left, again };
  }
  const { verdict, retryMs } = feedback.learn(message, ended, classified);
  const usual = outcomeOf(ended, { service: message.batch.isService, verdict, retryMs });
  const outcome = message.delivery.resentByKey ? ofSecondCopy(usual, mark.answer !== null) : usual;
  if (verdict?.kind === 'sender-refused') stopIssue(message, verdict, outcome.reply ?? '');
  settler.settle(message, outcome, mark.answer);
  return ended.kind === 'accepted' ? ACCEPTED : TRIED;
}

const ACCEPTED: Sent = { kind: 'accepted' };
const TRIED: Sent = { kind: 'tried' };

function compose(message: QueuedMessage, memory: MessageMemory): Composed | Error {
  try {
    return message.batch.compose(message, memory);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** A refusal concerns only this reader. Any other fault would hit every message alike: it is ours, or the edition's. */
async function settleUncomposed(
  { feedback, settler }: Pick<RelayParts, 'feedback' | 'settler'>,
  message: QueuedMessage,
  fault: Error,
): Promise<Sent> {
  const { batch } = message;
  if (fault instanceof Refused) await settler.settleUnmarked(message, unsendable(fault.message));
  else if (batch.isService) {
    const retryMs = feedback.scheduledRetryMs(message);
    await settler.settleUnmarked(message, retryLater('cannot-compose', fault.message, retryMs));
  } else {
    batch.stopIssue('cannot-compose', fault.message);
    batch.onDone(message);
  }
  return TRIED;
}

/** Service mails belong to no issue that could be stopped. */
function stopIssue({ batch }: QueuedMessage, verdict: Verdict & { ourName?: true }, reply: string): void {
  if (batch.isService) return;
  if (verdict.ourName)
    batch.stopIssue(
      'relay-refuses-name',
      `${reply} (set helo= in SMTP_URL to a name that the relay accepts)`,
    );
  else batch.stopIssue('relay-refuses-sender', reply);
}
