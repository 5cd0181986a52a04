/** What a service of housekeeping is given in these tests: a real database, a clock to turn, a log and a queue to look at. */
import type { Db } from '../../../src/db/connection.ts';
import type { HousekeepingContext } from '../../../src/delivery/housekeeping/service/service.ts';
import { HeldBatches } from '../../../src/delivery/worker/held-batches.ts';
import type { Clock, Log, WakeUp } from '../../../src/ports.ts';

interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  text: string;
  [field: string]: unknown;
}

export interface Fixture {
  context: HousekeepingContext;
  lines: LogLine[];
  /** Every wake-up that was sent. */
  woken: WakeUp[];
  clock: ManualClock;
}

export function makeContext(db: Db, more: Partial<HousekeepingContext> = {}): Fixture {
  const lines: LogLine[] = [];
  const woken: WakeUp[] = [];
  const clock = new ManualClock();
  const wakeUps = { wake: async (sent: readonly WakeUp[]) => void woken.push(...sent) };
  const context: HousekeepingContext = {
    db,
    clock,
    log: recordedLog(lines),
    wakeUps: wakeUps as HousekeepingContext['wakeUps'],
    batches: new HeldBatches(),
    routes: { candidatesFor: () => [] },
    workerId: () => 0,
    retention: null,
    times: { leaseMs: 30_000, sweepMs: 10_000, expireMs: 3_600_000, retryMs: [60_000] },
    ...more,
  };
  return { context, lines, woken, clock };
}

/** Only a test moves it. A sleep ends when its time has been passed, or its signal aborts. */
class ManualClock implements Clock {
  #now = 0;
  #sleepers = new Set<{ until: number; wake: () => void }>();

  now = () => new Date(this.#now);
  monotonic = () => this.#now;

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    await new Promise<void>((resolve) => {
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.until > this.#now) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
  }
}

function recordedLog(lines: LogLine[], bound: object = {}): Log {
  const at = (level: LogLine['level']) => (fields: object, text: string) =>
    void lines.push({ ...bound, ...fields, level, text });
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => recordedLog(lines, { ...bound, ...fields }),
  };
}
