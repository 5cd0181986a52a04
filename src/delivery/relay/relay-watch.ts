/** With every heartbeat, applies what the operator has set for a worker's relays, and stores their health. */
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
  /** What was last stored for each relay, so that only changes are written. */
  #noted = new Map<string, string>();
  /** When each relay's last backoff ended, as far as this process knows. */
  #backoffEndedAt = new Map<string, number>();

  constructor(parts: { db: Db; pace: Pace }, dispatchers: readonly Dispatcher[]) {
    this.#db = parts.db;
    this.#pace = parts.pace;
    this.#dispatchers = dispatchers;
    for (const { relay } of dispatchers) this.#terms.set(relay.settings.name, relay.settings);
  }

  /** The terms of a relay that are in force now. */
  terms(relay: string): RelayTerms {
    const terms = this.#terms.get(relay);
    if (!terms) throw new Error(`expected a relay of this process, got "${relay}"`);
    return terms;
  }

  async look(workerId: number): Promise<void> {
    const overrides = await readOverrides(this.#db);
    const backoffs = await readBackoffs(this.#db);
    const workers = await liveWorkers(this.#db);
    for (const dispatcher of this.#dispatchers) {
      const { settings } = dispatcher.relay;
      const terms = termsOf(settings, overrides.get(settings.name));
      this.#terms.set(settings.name, terms);
      this.#pace.setRate(settings.name, terms.rate);
      dispatcher.setTerms(terms, workers);
      this.#shareBackoff(dispatcher, backoffs.get(settings.name));
      await this.#note(dispatcher, workerId);
    }
  }

  /** A backoff that another worker began applies here too; and a person may end one. */
  #shareBackoff({ relay, health }: Dispatcher, row: RelayBackoff | undefined): void {
    const { name } = relay.settings;
    const endedAt = row?.endedAt?.getTime() ?? 0;
    const known = this.#backoffEndedAt.get(name);
    this.#backoffEndedAt.set(name, endedAt);
    if (known !== undefined && endedAt > known && !row?.backoff) health.endBackoff();
    if (row?.backoff && row.backoff.ms > (health.backoff?.ms ?? 0)) health.startBackoff(row.backoff);
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
