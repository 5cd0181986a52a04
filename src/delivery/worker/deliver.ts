/**
 * Carries one window: leaves out those for whom it is quiet, packs its deliveries for the courier of its relay, looks
 * meanwhile whether its issue still sends and its relay still stands, and ends it when each delivery is settled or left.
 */
import { Refused } from '../../errors.ts';
import { endWindow, type LeasedDelivery, type Window } from '../../ledger/lease.ts';
import { skipGone } from '../../ledger/mark-and-settle.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { endWait } from '../../ledger/workers/batch-waits.ts';
import { breakSends } from '../../sends/auto-pause.ts';
import { pauseIssue } from '../../sends/pause-resume-cancel.ts';
import type { Serving } from '../../sends/send-settings.ts';
import type { Courier, Parcel } from '../relay/dispatcher.ts';
import type { Engine } from './context.ts';
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

export interface Carried {
  issueId: number;
  serving: Serving;
  workerId: number;
  window: Window;
  courier: Courier;
  /** Other couriers that could carry it. */
  others: readonly Courier[];
  stop: Stop;
}

/** What happens to one window alone. */
interface Progress {
  /** Its relay is out of order and another is there, or it rests: what has not begun is given back. */
  moves: boolean;
  begun: number;
}

/** From here on the window is ours to end, whatever fails. */
export async function carryWindow(engine: Engine, carried: Carried): Promise<void> {
  const { issueId, window, courier } = carried;
  const progress: Progress = { moves: false, begun: 0 };
  try {
    const parcels = await pack(engine, carried, await unquiet(engine, carried), progress);
    const ends = Promise.all(parcels.map((parcel) => parcel.end));
    for (const parcel of parcels) courier.submit(parcel.parcel);
    await watch(engine, carried, progress, ends);
  } finally {
    // A window that stays would keep its deliveries from everybody for as long as this worker lives.
    await untilStored(engine, () => endWindow(engine.db, issueId, window.id, progress.begun));
    engine.windows.letGo(window.id);
  }
  if (issueId !== SERVICE) await judge(engine, issueId, carried.serving.name);
}

/** Whose turn it is now. That there is anybody ends what the issue was told to wait for. */
async function unquiet(engine: Engine, { issueId, window, serving }: Carried): Promise<LeasedDelivery[]> {
  if (serving.waits) await endWait(engine.db, issueId);
  const { readersQuiet } = serving;
  return readersQuiet ? withoutQuiet(engine, issueId, window, readersQuiet) : window.deliveries;
}

/** The sweep looks as well, so nothing is lost with a look that fails. */
async function judge(engine: Engine, issueId: number, issue: string): Promise<void> {
  await breakSends(engine.db, engine.log, issueId).catch((error: Error) =>
    engine.log.warn({ issue, error: error.message }, 'how a send is received could not be seen'),
  );
}

interface Packed {
  parcel: Parcel;
  end: Promise<void>;
}

async function pack(
  engine: Engine,
  carried: Carried,
  deliveries: readonly LeasedDelivery[],
  progress: Progress,
): Promise<Packed[]> {
  const { issueId, workerId, courier, stop } = carried;
  const packed: Packed[] = [];
  const stopped = () =>
    stop.asked || progress.moves || engine.draining() || engine.workerId() !== workerId || stop.late();
  for (const delivery of deliveries) {
    const compose = await composerOf(engine, courier, delivery);
    let done = () => {};
    let begun = false;
    const end = new Promise<void>((resolve) => {
      done = resolve;
    });
    const parcel: Parcel = {
      delivery,
      workerId,
      first: issueId === SERVICE,
      elsewhere: carried.others.length > 0,
      compose: (memory) => {
        // Once, over however many connections it goes.
        if (!begun) progress.begun += 1;
        begun = true;
        return compose(delivery, memory);
      },
      stopped,
      stop: (reason, why) => stopOrMove(engine, carried, progress, reason, why),
      refusedMark: () => void lookAfterRefusal(engine, issueId, delivery.id, stop),
      done,
    };
    packed.push({ parcel, end });
  }
  return packed;
}

/** A relay that refuses our login is no reason to ask a person while another one may take the issue. */
function stopOrMove(
  engine: Engine,
  { issueId, serving, others, stop }: Carried,
  progress: Progress,
  reason: string,
  why: string,
): void {
  if (reason === 'relay-refuses-login' && others.some((other) => !other.standing.refusesLogin)) {
    progress.moves = true;
    return;
  }
  stop.asked = true;
  void pauseIssue(engine.db, issueId, 'postrider', `${reason}: ${why}`).catch((error: Error) =>
    engine.log.error({ issue: serving.name, error: error.message }, 'the issue could not be paused'),
  );
}

/**
 * A service mail that cannot be composed (its newsletter is gone) must not stop the others. An issue without a
 * composer would refuse everybody: that is no refusal, and the courier stops it.
 */
async function composerOf(engine: Engine, courier: Courier, delivery: LeasedDelivery): Promise<Compose> {
  try {
    return await engine.messages.composer(delivery, courier.relay.settings.headers);
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
  engine: Engine,
  { issueId, courier, others, stop }: Carried,
  progress: Progress,
  ends: Promise<unknown>,
): Promise<void> {
  const over = new AbortController();
  const ended = ends.then(() => over.abort());
  while (!over.signal.aborted) {
    await engine.clock.sleep(LOOK_MS, over.signal);
    if (over.signal.aborted) break;
    if (!(await stillSends(engine, issueId))) stop.asked = true;
    if (!courier.standing.isUp && others.some((other) => other.standing.isUp)) progress.moves = true;
    // Whoever serves its lane next is told for how long nothing goes.
    if (courier.standing.rest) progress.moves = true;
    if (stop.asked || progress.moves || stop.late() || engine.draining()) courier.dropStopped();
  }
  await ended;
}

/** A database that does not answer is no reason to stop: marks and settles wait for it by themselves. */
async function stillSends(engine: Engine, issueId: number): Promise<boolean> {
  if (issueId === SERVICE) return true;
  const row = await engine.db
    .selectFrom('issues')
    .select('state')
    .where('id', '=', issueId)
    .executeTakeFirst()
    .catch(() => null);
  return row === null || row?.state === 'sending';
}

/** The mark was refused: the issue stopped, or the person is gone. */
async function lookAfterRefusal(engine: Engine, issueId: number, id: number, stop: Stop): Promise<void> {
  if (!(await stillSends(engine, issueId))) stop.asked = true;
  await skipGone(engine.db, issueId, [id]).catch(() => {});
}

/** Ends of windows are tried until the database takes them; a worker whose lease is lost has none left to end. */
async function untilStored(engine: Engine, act: () => Promise<void>): Promise<void> {
  for (let pause = 100; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await act();
    } catch (error) {
      engine.log.warn({ error: (error as Error).message }, 'a window could not be ended yet');
      if (engine.draining()) return;
      await engine.clock.sleep(pause);
    }
  }
}
