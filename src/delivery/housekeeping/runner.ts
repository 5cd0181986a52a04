/**
 * Runs each housekeeping service when it is due, one after another. A service that fails is logged by name and tried
 * again with the next sweep; the others continue.
 */
import { explainDatabase, isDatabaseAway } from '../../db/faults.ts';
import type { HousekeepingContext, HousekeepingService } from './service/service.ts';

export class Housekeeping {
  readonly #services: readonly HousekeepingService[];
  readonly #context: HousekeepingContext;
  /** By the monotonic clock. A service that is not in the map has not run yet, and is due. */
  readonly #dueAt = new Map<HousekeepingService, number>();

  constructor(services: readonly HousekeepingService[], context: HousekeepingContext) {
    this.#services = services;
    this.#context = context;
  }

  /** Runs until the signal aborts; a service that is running then still finishes. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.runDue(signal);
      await this.#context.clock.sleep(this.#untilNextMs(), signal);
    }
  }

  /** Runs what is due now, in order. Never rejects. Returns the names of the services that failed. */
  async runDue(signal?: AbortSignal): Promise<string[]> {
    const { clock, times } = this.#context;
    const now = clock.monotonic();
    const due = this.#services.filter((service) => (this.#dueAt.get(service) ?? now) <= now);
    const failed: HousekeepingService[] = [];
    const away: { name: string; error: Error }[] = [];
    for (const service of due) {
      if (signal?.aborted) break;
      const error = await this.#runOne(service);
      if (error === null) continue;
      failed.push(service);
      if (isDatabaseAway(error)) away.push({ name: service.name, error });
    }
    if (away.length > 0) this.#logAway(away);
    // All services of one sweep become due together again, in their order, however long each of them took.
    const ended = clock.monotonic();
    for (const service of due)
      this.#dueAt.set(service, ended + (failed.includes(service) ? times.sweepMs : service.periodMs(times)));
    return failed.map(({ name }) => name);
  }

  /** The error boundary: whatever a service throws ends here. */
  async #runOne(service: HousekeepingService): Promise<Error | null> {
    const { clock, times } = this.#context;
    const log = this.#context.log.child({ service: service.name });
    const began = clock.monotonic();
    try {
      await service.run({ ...this.#context, log });
      log.debug({ ms: Math.round(clock.monotonic() - began) }, 'housekeeping service ran');
      return null;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      if (!isDatabaseAway(error))
        log.error(
          { error: explainDatabase(error) ?? error.message },
          `housekeeping service ${service.name} failed; the others go on, and it runs again in ${seconds(times.sweepMs)}`,
        );
      return error;
    }
  }

  /** One line for all services: while the database or the queue is away, all of them fail in the same way. */
  #logAway(away: readonly { name: string; error: Error }[]): void {
    const { log, times } = this.#context;
    log.warn(
      { services: away.map(({ name }) => name), error: away[0]!.error.message },
      `housekeeping could not reach the database or the queue; it tries again in ${seconds(times.sweepMs)}`,
    );
  }

  #untilNextMs(): number {
    const dueAt = this.#services.map((service) => this.#dueAt.get(service) ?? 0);
    return Math.max(0, Math.min(...dueAt) - this.#context.clock.monotonic());
  }
}

const seconds = (ms: number): string => `${ms / 1_000} s`;
