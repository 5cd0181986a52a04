/** `--wait`: shows the progress of a send until it is sent, all that is left is deferred, or a person stopped it. */
import { type Bar, Presets, SingleBar } from 'cli-progress';
import { runWorker } from '../../../workers/main.ts';
import type { RunningWorker } from '../../../workers/start-worker.ts';
import type { Program } from '../../bootstrap.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import { RecentRate } from '../../stats/recent-rate.ts';
import { type IssueStatus, issueStatus } from '../../stats/status.ts';
import { tell } from '../output.ts';

const LOOK_MS = 300;
/** Shorter holdups, such as a relay restart, are not reported. */
const HOLDUP_LASTS_MS = 2_000;
/** How long to wait for a worker, since one may be about to start. */
const WORKER_GRACE_MS = 10_000;
/** How long the database may be unavailable before watching ends. */
const AWAY_GRACE_MS = 30_000;

interface Watched {
  status: IssueStatus;
  /** False: no worker is alive, and this is not the embedded way. */
  served: boolean;
}

/** In the embedded way, with no worker alive, this process becomes the worker, and drains at the end. */
export async function watchIssue(
  program: Program,
  issueId: number,
  stop: AbortSignal,
  untilSent = false,
): Promise<Watched> {
  const service = new Service(program);
  const progress = new Progress();
  let answeredAt = program.clock.monotonic();
  try {
    for (;;) {
      try {
        const status = await issueStatus(program.db, issueId);
        answeredAt = program.clock.monotonic();
        progress.show(status, answeredAt);
        if (isOver(status, untilSent) || stop.aborted) return { status, served: true };
        if (!(await service.isThere())) return { status, served: false };
      } catch (error) {
        if (stop.aborted || program.clock.monotonic() - answeredAt > AWAY_GRACE_MS) throw error;
      }
      await program.clock.sleep(LOOK_MS, stop);
    }
  } finally {
    progress.end();
    await service.end();
  }
}

/** Checks for a worker. In the embedded way, starts one in this process when there is none. */
class Service {
  readonly #program: Program;
  #own: RunningWorker | null = null;
  #seenAt: number;

  constructor(program: Program) {
    this.#program = program;
    this.#seenAt = program.clock.monotonic();
  }

  async isThere(): Promise<boolean> {
    if (this.#own || (await liveWorkers(this.#program.db)) > 0) {
      this.#seenAt = this.#program.clock.monotonic();
      return true;
    }
    if (this.#program.config.way === 'embedded') {
      this.#own = await runWorker(this.#program);
      return true;
    }
    return this.#program.clock.monotonic() - this.#seenAt <= WORKER_GRACE_MS;
  }

  async end(): Promise<void> {
    await this.#own?.stop();
  }
}

/** A progress bar on a terminal, nothing elsewhere. */
class Progress {
  #bar: Bar | null = process.stderr.isTTY
    ? new SingleBar({ format: ' {bar} {words}', stream: process.stderr }, Presets.shades_classic)
    : null;
  #rate = new RecentRate();
  #started = false;
  #holdups = { text: '', since: 0, told: '' };

  show(status: IssueStatus, now: number): void {
    const { audience, accepted, refused, unknown, waiting } = status.counts;
    this.#rate.add(now, accepted + refused + unknown);
    this.#tellHoldups(status, now);
    if (!this.#bar || audience === 0) return;
    const words = progressText(status, this.#rate.perSecond());
    if (!this.#started) this.#bar.start(audience, 0, { words });
    this.#started = true;
    this.#bar.setTotal(audience);
    this.#bar.update(audience - waiting, { words });
  }

  /** Without a bar, reports each holdup once, when it has lasted for a moment. */
  #tellHoldups({ holdups, waitsFor, waitsUntil }: IssueStatus, now: number): void {
    const waits = waitsFor === null ? [] : [`${waitsFor}, until ${waitsUntil}`];
    const text = (waits.length > 0 ? waits : holdups).join('; ');
    if (text !== this.#holdups.text) this.#holdups = { ...this.#holdups, text, since: now };
    const lasts = now - this.#holdups.since >= HOLDUP_LASTS_MS;
    if (this.#bar || text === '' || !lasts || this.#holdups.told === text) return;
    this.#holdups.told = text;
    tell(`held up: ${text}`);
  }

  end(): void {
    this.#bar?.stop();
  }
}

/** `412 accepted of 1000, 3 refused, 120/s, 5 s left`. Shows the time left only once the audience is final. */
function progressText(status: IssueStatus, rate: number | null): string {
  const { counts, deferred, planned } = status;
  const left = counts.waiting - deferred;
  const parts = [`${counts.accepted} accepted of ${counts.audience}${planned ? '' : ' planned so far'}`];
  for (const name of ['refused', 'skipped', 'unknown'] as const)
    if (counts[name] > 0) parts.push(`${counts[name]} ${name}`);
  if (deferred > 0) parts.push(`${deferred} deferred`);
  if (rate !== null) parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`);
  if (planned && rate && left > 0) parts.push(`about ${Math.ceil(left / rate)} s left`);
  for (const { lane, heldUntil } of status.lanes)
    if (heldUntil) parts.push(`${lane} held until ${heldUntil}`);
  if (status.canary?.until) parts.push(`a canary: the others at ${status.canary.until}`);
  if (status.waitsUntil) parts.push(`waits for ${status.waitsFor} until ${status.waitsUntil}`);
  else if (status.holdups.length > 0) parts.push(`held up: ${status.holdups.join('; ')}`);
  return parts.join(', ');
}

/** Watching ends when a send waits longer than this for a limit of its relay, or for the end of quiet hours. */
const LONG_WAIT_MS = 60_000;

/** Sent, stopped by a person, or waiting for retries or for a long time. */
function isOver(status: IssueStatus, untilSent: boolean): boolean {
  if (status.state === 'scheduled') return false;
  if (status.state !== 'sending') return true;
  if (untilSent) return false;
  if (status.planned && Date.parse(status.waitsUntil ?? '') > Date.now() + LONG_WAIT_MS) return true;
  return status.planned && status.counts.waiting > 0 && status.counts.waiting === status.deferred;
}
