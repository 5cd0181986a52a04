/**
 * Which relay the next window goes to: of those that its issue may use and that are up, by weight. A smooth weighted
 * round robin, so that shares hold over few windows too, and a relay that comes back has no arrears to make up for.
 */
import { readRoute } from '../audience/route.ts';
import type { Courier } from './courier.ts';
import type { RelayTerms } from './ports.ts';

export interface Way {
  courier: Courier;
  weight: number;
}

/** Issues whose turns are remembered. */
const KEPT = 200;

export class Routes {
  #couriers: readonly Courier[];
  #terms: (relay: string) => RelayTerms;
  #turns = new Map<number, Map<string, number>>();

  constructor(couriers: readonly Courier[], terms: (relay: string) => RelayTerms) {
    this.#couriers = couriers;
    this.#terms = terms;
  }

  /** What SMTP_URL still knows of a route. Without one: the relays for that purpose, or the first for all. */
  waysOf(route: string | null, purpose: 'issues' | 'service'): Way[] {
    if (route !== null)
      return readRoute(route).flatMap(({ relay, weight }) => {
        const courier = this.#couriers.find((one) => one.relay.settings.name === relay);
        return courier ? [{ courier, weight: weight ?? this.#terms(relay).weight }] : [];
      });
    const meant = this.#couriers.filter((one) => one.relay.settings.for === purpose);
    const first = this.#couriers.find((one) => one.relay.settings.for === 'all');
    const found = meant.length > 0 ? meant : first ? [first] : [];
    return found.map((courier) => ({ courier, weight: this.#terms(courier.relay.settings.name).weight }));
  }

  /**
   * Whose turn it is. None of them up: one that may come back by itself. A relay that is down is tried beside, so
   * that no delivery is risked for finding out.
   */
  choose(issueId: number, ways: readonly Way[]): Way {
    const [only] = ways;
    if (only && ways.length === 1) return only;
    for (const { courier } of ways) if (!courier.standing.isUp) void courier.probe();
    const up = ways.filter(({ courier }) => courier.standing.isUp);
    const hopeful = ways.filter(({ courier }) => !courier.standing.refusesLogin);
    return this.#next(issueId, up.length > 0 ? up : hopeful.length > 0 ? hopeful : ways);
  }

  #next(issueId: number, ways: readonly Way[]): Way {
    const turns = this.#turnsOf(issueId);
    const total = ways.reduce((sum, way) => sum + way.weight, 0);
    let chosen = ways[0]!;
    for (const way of ways) {
      const name = nameOf(way);
      turns.set(name, (turns.get(name) ?? 0) + way.weight);
      if (turns.get(name)! > turns.get(nameOf(chosen))!) chosen = way;
    }
    turns.set(nameOf(chosen), turns.get(nameOf(chosen))! - total);
    return chosen;
  }

  #turnsOf(issueId: number): Map<string, number> {
    const turns = this.#turns.get(issueId) ?? new Map<string, number>();
    this.#turns.set(issueId, turns);
    const oldest = this.#turns.keys().next().value;
    if (this.#turns.size > KEPT && oldest !== undefined) this.#turns.delete(oldest);
    return turns;
  }
}

const nameOf = (way: Way): string => way.courier.relay.settings.name;
