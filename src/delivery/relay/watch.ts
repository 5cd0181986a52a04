/** Keeps a worker's relays at what the operator set, and notes how they stand: with every heartbeat. */
import type { Db } from '../../db/connection.ts';
import { type RelayBackoff, readBackoffs } from '../../ledger/relays/backoff.ts';
import { noteRelayHealth, readOverrides } from '../../ledger/relays/settings.ts';
import { termsOf } from '../../ledger/relays/terms.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { Pace, RelayTerms } from '../../ports.ts';
import type { Dispatcher } from './dispatcher.ts';

export class RelayWatch {
  #db: Db;
  #dispatchers: readonly Dispatcher[];
  #pace: Pace;
  #terms = new Map<string, RelayTerms>();
  /** What was noted of a relay, so that only news are written. */
  #noted = new Map<string, string>();
  /** When a rest of a relay was ended last, as this process knows it. */
  #lifted = new Map<string, number>();

  constructor(parts: { db: Db; pace: Pace }, dispatchers: readonly Dispatcher[]) {
    this.#db = parts.db;
    this.#pace = parts.pace;
    this.#dispatchers = dispatchers;
    for (const { relay } of dispatchers) this.#terms.set(relay.settings.name, relay.settings);
  }

  /** What holds for a relay now. */
  terms(relay: string): RelayTerms {
    const terms = this.#terms.get(relay);
    if (!terms) throw new Error(`expected a relay of this process, got "${relay}"`);
    return terms;
  }

  async look(workerId: number): Promise<void> {
    const overrides = await readOverrides(this.#db);
    const rests = await readBackoffs(this.#db);
    const workers = await liveWorkers(this.#db);
    for (const dispatcher of this.#dispatchers) {
      const { settings } = dispatcher.relay;
      const terms = termsOf(settings, overrides.get(settings.name));
      this.#terms.set(settings.name, terms);
      this.#pace.setRate(settings.name, terms.rate);
      dispatcher.setTerms(terms, workers);
      this.#shareRest(dispatcher, rests.get(settings.name));
      await this.#note(dispatcher, workerId);
    }
  }

  /** What another worker was told of the relay, or found out, holds here too; and a person may end a rest. */
  #shareRest({ relay, health }: Dispatcher, row: RelayBackoff | undefined): void {
    const { name } = relay.settings;
    const lifted = row?.endedAt?.getTime() ?? 0;
    const known = this.#lifted.get(name);
    this.#lifted.set(name, lifted);
    if (known !== undefined && lifted > known && !row?.backoff) health.endRest();
    if (row?.backoff && row.backoff.ms > (health.rest?.ms ?? 0)) health.beginRest(row.backoff);
  }

  async #note(dispatcher: Dispatcher, workerId: number): Promise<void> {
    const { name } = dispatcher.relay.settings;
    const { trouble } = dispatcher.health;
    const news = JSON.stringify([workerId, trouble]);
    if (this.#noted.get(name) === news) return;
    await noteRelayHealth(this.#db, name, workerId, trouble);
    this.#noted.set(name, news);
  }
}
