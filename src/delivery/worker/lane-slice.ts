/**
 * One turn of this worker on one lane of an issue. It leases new batches for a slice of time; what a slow or dead relay
 * has not begun soon after that is given back, so that no lane keeps a worker from the others.
 */
import { SERVICE } from '../../ledger/service-mail.ts';
import type { WakeUp } from '../../ports.ts';
import type { SendSettings } from '../../sends/send-settings.ts';
import type { RouteCandidate } from '../relay/router.ts';
import type { WorkerContext } from './context.ts';
import { Stop } from './stop.ts';

const SLICE_MS = 5_000;
/** Used while more wake-ups arrive than are handled: a large issue must not keep a small one waiting. */
const SHORT_SLICE_MS = 400;

export class LaneSlice {
  readonly issueId: number;
  readonly lane: string;
  readonly settings: SendSettings;
  /** The relays that may take the issue. */
  readonly relays: readonly RouteCandidate[];
  /** Aborts when the issue is no longer sending. */
  readonly stop: Stop;
  #context: WorkerContext;
  #began: number;

  constructor(
    context: WorkerContext,
    { issue, lane }: WakeUp,
    settings: SendSettings,
    relays: readonly RouteCandidate[],
  ) {
    this.issueId = issue;
    this.lane = lane;
    this.settings = settings;
    this.relays = relays;
    this.stop = new Stop();
    this.#context = context;
    this.#began = context.clock.monotonic();
  }

  get isService(): boolean {
    return this.issueId === SERVICE;
  }

  /** Whether another batch may be leased. */
  get takesMore(): boolean {
    const { draining } = this.#context;
    return !this.stop.signal.aborted && !draining.aborted && this.#sinceMs < this.#sliceMs;
  }

  /** Time until what has not begun is given back; 0 or less: now. */
  get lateInMs(): number {
    return Math.min(2 * this.#sliceMs, this.#quietInMs) - this.#sinceMs;
  }

  get #sliceMs(): number {
    const sliceMs = this.#context.crowded() ? SHORT_SLICE_MS : SLICE_MS;
    return Math.min(sliceMs, this.#quietInMs);
  }

  get #sinceMs(): number {
    return this.#context.clock.monotonic() - this.#began;
  }

  /** Quiet hours of the newsletter may begin within the slice. */
  get #quietInMs(): number {
    return this.settings.quiet?.beginsInMs ?? Number.POSITIVE_INFINITY;
  }
}
