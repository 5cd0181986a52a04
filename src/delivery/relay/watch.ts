/** Keeps a worker's relays at what the operator set, and notes how they stand: with every heartbeat. */
import type { Db } from '../../db/connection.ts';
import { type RelayRestRow, readRests } from '../../ledger/relays/rests.ts';
import { noteStanding, readOverrides } from '../../ledger/relays/settings.ts';
import { termsOf } from '../../ledger/relays/terms.ts';
import { liveWorkers } from '../../ledger/workers/leases.ts';
import type { Pace, RelayTerms } from '../../ports.ts';
import type { Courier } from './dispatcher.ts';

export class RelayWatch {
  #db: Db;
  #couriers: readonly Courier[];
  #pace: Pace;
  #terms = new Map<string, RelayTerms>();
  /** What was noted of a relay, so that only news are written. */
  #noted = new Map<string, string>();
  /** When a rest of a relay was ended last, as this process knows it. */
  #lifted = new Map<string, number>();

  constructor(parts: { db: Db; pace: Pace }, couriers: readonly Courier[]) {
    this.#db = parts.db;
    this.#pace = parts.pace;
    this.#couriers = couriers;
    for (const { relay } of couriers) this.#terms.set(relay.settings.name, relay.settings);
  }

  /** What holds for a relay now. */
  terms(relay: string): RelayTerms {
    const terms = this.#terms.get(relay);
    if (!terms) throw new Error(`expected a relay of this process, got "${relay}"`);
    return terms;
  }

  async look(workerId: number): Promise<void> {
    const overrides = await readOverrides(this.#db);
    const rests = await readRests(this.#db);
    const workers = await liveWorkers(this.#db);
    for (const courier of this.#couriers) {
      const { settings } = courier.relay;
      const terms = termsOf(settings, overrides.get(settings.name));
      this.#terms.set(settings.name, terms);
      this.#pace.setRate(settings.name, terms.rate);
      courier.setTerms(terms, workers);
      this.#shareRest(courier, rests.get(settings.name));
      await this.#note(courier, workerId);
    }
  }

  /** What another worker was told of the relay, or found out, holds here too; and a person may end a rest. */
  #shareRest({ relay, standing }: Courier, row: RelayRestRow | undefined): void {
    const { name } = relay.settings;
    const lifted = row?.liftedAt?.getTime() ?? 0;
    const known = this.#lifted.get(name);
    this.#lifted.set(name, lifted);
    if (known !== undefined && lifted > known && !row?.rest) standing.endRest();
    if (row?.rest && row.rest.ms > (standing.rest?.ms ?? 0)) standing.beginRest(row.rest);
  }

  async #note(courier: Courier, workerId: number): Promise<void> {
    const { name } = courier.relay.settings;
    const { trouble } = courier.standing;
    const news = JSON.stringify([workerId, trouble]);
    if (this.#noted.get(name) === news) return;
    await noteStanding(this.#db, name, workerId, trouble);
    this.#noted.set(name, news);
  }
}
