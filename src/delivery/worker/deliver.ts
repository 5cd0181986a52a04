/**
 * Carries one window: leaves out those for whom it is quiet, packs its deliveries for the dispatcher of its relay, looks
 * meanwhile whether its issue still sends and its relay still stands, and ends it when each delivery is settled or left.
 */
import { Refused } from '../../errors.ts';
import { type Batch, endBatch, type LeasedDelivery } from '../../ledger/lease.ts';
import { skipIneligible } from '../../ledger/mark-and-settle.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { endWait } from '../../ledger/workers/batch-waits.ts';
import { breakSends } from '../../sends/auto-pause.ts';
import { pauseIssue } from '../../sends/pause-resume-cancel.ts';
import type { Serving } from '../../sends/send-settings.ts';
import type { Dispatcher, QueuedMessage } from '../relay/dispatcher.ts';
import type { WorkerContext } from './context.ts';
import type { Compose } from './messages.ts';
import { withoutQuiet } from './quiet-readers.ts';

/** How often a waiting window looks whether its issue still sends. */
const LOOK_MS = 500;

/** What a slice of work on a lane has in common. */
export interface Stop {
  /** The issue does not send any more. */
  asked: boolean;
  /** True when what has not begun yet is to be given back. */
  late(): boolean;
}

export interface DeliveryOrder {
  issueId: number;
  serving: Serving;
  workerId: number;
  window: Batch;
  dispatcher: Dispatcher;
  /** Other dispatchers that could carry it. */
  others: readonly Dispatcher[];
  stop: Stop;
}

/** What happens to one window alone. */
interface Progress {
  /** Its relay is out of order and another is there, or it rests: what has not begun is given back. */
  moves: boolean;
  begun: number;
}

/** From here on the window is ours to end, whatever fails. */
export async function deliverBatch(context: WorkerContext, carried: DeliveryOrder): Promise<void> {
  const { issueId, window, dispatcher } = carried;
  const progress: Progress = { moves: false, begun: 0 };
  try {
    const messages = await pack(context, carried, await unquiet(context, carried), progress);
    const ends = Promise.all(messages.map((message) => message.end));
    for (const message of messages) dispatcher.submit(message.message);
    await watch(context, carried, progress, ends);
  } finally {
    // A window that stays would keep its deliveries from everybody for as long as this worker lives.
    await untilStored(context, () => endBatch(context.db, issueId, window.id, progress.begun));
    context.batches.release(window.id);
  }
  if (issueId !== SERVICE) await judge(context, issueId, carried.serving.name);
}

/** Whose turn it is now. That there is anybody ends what the issue was told to wait for. */
async function unquiet(
  context: WorkerContext,
  { issueId, window, serving }: DeliveryOrder,
): Promise<LeasedDelivery[]> {
  if (serving.waits) await endWait(context.db, issueId);
  const { readersQuiet } = serving;
  return readersQuiet ? withoutQuiet(context, issueId, window, readersQuiet) : window.deliveries;
}

/** The sweep looks as well, so nothing is lost with a look that fails. */
async function judge(context: WorkerContext, issueId: number, issue: string): Promise<void> {
  await breakSends(context.db, context.log, issueId).catch((error: Error) =>
    context.log.warn({ issue, error: error.message }, 'how a send is received could not be seen'),
  );
}

interface Packed {
  message: QueuedMessage;
  end: Promise<void>;
}

async function pack(
  context: WorkerContext,
  carried: DeliveryOrder,
  deliveries: readonly LeasedDelivery[],
  progress: Progress,
): Promise<Packed[]> {
  const { issueId, workerId, dispatcher, stop } = carried;
  const packed: Packed[] = [];
  const stopped = () =>
    stop.asked || progress.moves || context.draining() || context.workerId() !== workerId || stop.late();
  for (const delivery of deliveries) {
    const compose = await composerOf(context, dispatcher, delivery);
    let done = () => {};
    let begun = false;
    const end = new Promise<void>((resolve) => {
      done = resolve;
    });
    const message: QueuedMessage = {
      delivery,
      workerId,
      isService: issueId === SERVICE,
      hasOtherRelay: carried.others.length > 0,
      compose: (memory) => {
        // Once, over however many connections it goes.
        if (!begun) progress.begun += 1;
        begun = true;
        return compose(delivery, memory);
      },
      stopped,
      stop: (reason, why) => stopOrMove(context, carried, progress, reason, why),
      onMarkRefused: () => void lookAfterRefusal(context, issueId, delivery.id, stop),
      onDone: done,
    };
    packed.push({ message, end });
  }
  return packed;
}

/** A relay that refuses our login is no reason to ask a person while another one may take the issue. */
function stopOrMove(
  context: WorkerContext,
  { issueId, serving, others, stop }: DeliveryOrder,
  progress: Progress,
  reason: string,
  why: string,
): void {
  if (reason === 'relay-refuses-login' && others.some((other) => !other.health.refusesLogin)) {
    progress.moves = true;
    return;
  }
  stop.asked = true;
  void pauseIssue(context.db, issueId, 'postrider', `${reason}: ${why}`).catch((error: Error) =>
    context.log.error({ issue: serving.name, error: error.message }, 'the issue could not be paused'),
  );
}

/**
 * A service mail that cannot be composed (its newsletter is gone) must not stop the others. An issue without a
 * composer would refuse everybody: that is no refusal, and the dispatcher stops it.
 */
async function composerOf(
  context: WorkerContext,
  dispatcher: Dispatcher,
  delivery: LeasedDelivery,
): Promise<Compose> {
  try {
    return await context.messages.composer(delivery, dispatcher.relay.settings.headers);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const fault = delivery.issueId === SERVICE ? error : new Error(error.message, { cause: error });
    return () => {
      throw fault;
    };
  }
}

/** A pause must not wait for a slow relay, nor a window for one that is down while another is up. */
async function watch(
  context: WorkerContext,
  { issueId, dispatcher, others, stop }: DeliveryOrder,
  progress: Progress,
  ends: Promise<unknown>,
): Promise<void> {
  const over = new AbortController();
  const ended = ends.then(() => over.abort());
  while (!over.signal.aborted) {
    await context.clock.sleep(LOOK_MS, over.signal);
    if (over.signal.aborted) break;
    if (!(await stillSends(context, issueId))) stop.asked = true;
    if (!dispatcher.health.isUp && others.some((other) => other.health.isUp)) progress.moves = true;
    // Whoever serves its lane next is told for how long nothing goes.
    if (dispatcher.health.rest) progress.moves = true;
    if (stop.asked || progress.moves || stop.late() || context.draining()) dispatcher.dropStopped();
  }
  await ended;
}

/** A database that does not answer is no reason to stop: marks and settles wait for it by themselves. */
async function stillSends(context: WorkerContext, issueId: number): Promise<boolean> {
  if (issueId === SERVICE) return true;
  const row = await context.db
    .selectFrom('issues')
    .select('state')
    .where('id', '=', issueId)
    .executeTakeFirst()
    .catch(() => null);
  return row === null || row?.state === 'sending';
}

/** The mark was refused: the issue stopped, or the person is gone. */
async function lookAfterRefusal(
  context: WorkerContext,
  issueId: number,
  id: number,
  stop: Stop,
): Promise<void> {
  if (!(await stillSends(context, issueId))) stop.asked = true;
  await skipIneligible(context.db, issueId, [id]).catch(() => {});
}

/** Ends of windows are tried until the database takes them; a worker whose lease is lost has none left to end. */
async function untilStored(context: WorkerContext, act: () => Promise<void>): Promise<void> {
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await act();
    } catch (error) {
      context.log.warn({ error: (error as Error).message }, 'a window could not be ended yet');
      if (context.draining()) return;
      await context.clock.sleep(pause);
    }
  }
}
