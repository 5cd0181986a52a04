/** `--wait`: shows how a send goes on until it is sent, or all that waits is deferred, or a person stopped it. */
import { type Bar, Presets, SingleBar } from 'cli-progress';
import { runWorker } from '../../workers/main.ts';
import { liveWorkers } from '../ledger/workers.ts';
import { type IssueStatus, issueStatus } from '../stats/status.ts';
import type { Program } from '../wire.ts';

const LOOK_MS = 300;
/** How long to wait for a worker to appear before saying that there is none. */
const WORKER_GRACE_MS = 10_000;

export interface Watched {
  status: IssueStatus;
  /** False: no worker is alive, and this is not the embedded way. */
  served: boolean;
}

/** In the embedded way, with no worker alive, this process works itself. */
export async function watchIssue(wire: Program, issueId: number, stop: AbortSignal): Promise<Watched> {
  const own =
    wire.config.way === 'embedded' && (await liveWorkers(wire.db)) === 0 ? await runWorker(wire) : null;
  const bar = process.stderr.isTTY
    ? new SingleBar(
        { format: ' {bar} {value}/{total} {speed}/s', stream: process.stderr },
        Presets.shades_classic,
      )
    : null;
  try {
    return await look(wire, issueId, stop, bar);
  } finally {
    bar?.stop();
    await own?.stop();
  }
}

async function look(wire: Program, issueId: number, stop: AbortSignal, bar: Bar | null): Promise<Watched> {
  const since = wire.clock.monotonic();
  for (let started = false; ; ) {
    const status = await issueStatus(wire.db, issueId);
    const { audience, waiting } = status.counts;
    if (bar && !started && audience > 0) bar.start(audience, 0, { speed: 0 });
    started ||= audience > 0;
    if (started) bar?.setTotal(audience);
    if (started) bar?.update(audience - waiting, { speed: status.rate ?? 0 });
    if (isOver(status) || stop.aborted) return { status, served: true };
    if (wire.clock.monotonic() - since > WORKER_GRACE_MS && (await liveWorkers(wire.db)) === 0)
      return { status, served: false };
    await wire.clock.sleep(LOOK_MS, stop);
  }
}

/** Sent, stopped by someone, or nothing to do but wait for retries. */
function isOver(status: IssueStatus): boolean {
  if (status.state !== 'sending') return true;
  return status.planned && status.counts.waiting > 0 && status.counts.waiting === status.deferred;
}
