/**
 * Which relay the next window goes to: of those that its issue may use and that are up, by weight. A smooth weighted
 * round robin, so that shares hold over few windows too, and a relay that comes back has no arrears to make up for.
 */
import { readRoute } from '../../ledger/relays/route.ts';
import type { RelayTerms } from '../../ports.ts';
import type { Dispatcher } from './dispatcher.ts';

export interface RouteCandidate {
  dispatcher: Dispatcher;
  weight: number;
}

export interface RouteChoice {
  way: RouteCandidate;
  /** How much of a whole window it took in the end (0: nothing was there): the turns count that, and not the asking. */
  took(share: number): void;
}

/** Issues whose turns are remembered. */
const KEPT = 200;

export class Routes {
  #dispatchers: readonly Dispatcher[];
  #terms: (relay: string) => RelayTerms;
  #turns = new Map<number, Map<string, number>>();

  constructor(dispatchers: readonly Dispatcher[], terms: (relay: string) => RelayTerms) {
    this.#dispatchers = dispatchers;
    this.#terms = terms;
  }

  /** What SMTP_URL still knows of a route. Without one: the relays for that purpose, or the first for all. */
  candidatesFor(route: string | null, purpose: 'issues' | 'service'): RouteCandidate[] {
    if (route !== null)
      return readRoute(route).flatMap(({ relay, weight }) => {
        const dispatcher = this.#dispatchers.find((one) => one.relay.settings.name === relay);
        return dispatcher ? [{ dispatcher, weight: weight ?? this.#terms(relay).weight }] : [];
      });
    const meant = this.#dispatchers.filter((one) => one.relay.settings.for === purpose);
    const first = this.#dispatchers.find((one) => one.relay.settings.for === 'all');
    const found = meant.length > 0 ? meant : first ? [first] : [];
    return found.map((dispatcher) => ({
      dispatcher,
      weight: this.#terms(dispatcher.relay.settings.name).weight,
    }));
  }

  /**
   * Whose turn it is. None of them up: one that may come back by itself. A relay that is down is tried beside, so
   * that no delivery is risked for finding out.
   */
  choose(issueId: number, ways: readonly RouteCandidate[]): RouteChoice {
    const [only] = ways;
    if (only && ways.length === 1) return { way: only, took: () => {} };
    for (const { dispatcher } of ways) if (!dispatcher.health.isUp) void dispatcher.checkWhetherBack();
    const up = ways.filter(({ dispatcher }) => dispatcher.health.isUp);
    const hopeful = ways.filter(({ dispatcher }) => !dispatcher.health.refusesLogin);
    return this.#next(issueId, up.length > 0 ? up : hopeful.length > 0 ? hopeful : ways);
  }

  #next(issueId: number, ways: readonly RouteCandidate[]): RouteChoice {
    const turns = this.#turnsOf(issueId);
    const turnOf = (way: RouteCandidate) => turns.get(nameOf(way)) ?? 0;
    const total = ways.reduce((sum, way) => sum + way.weight, 0);
    const chosen = ways.reduce((best, way) =>
      turnOf(way) + way.weight > turnOf(best) + best.weight ? way : best,
    );
    const count = (share: number) => {
      for (const way of ways) turns.set(nameOf(way), turnOf(way) + way.weight * share);
      turns.set(nameOf(chosen), turnOf(chosen) - total * share);
    };
    count(1);
    return { way: chosen, took: (share) => count(share - 1) };
  }

  #turnsOf(issueId: number): Map<string, number> {
    const turns = this.#turns.get(issueId) ?? new Map<string, number>();
    this.#turns.set(issueId, turns);
    const oldest = this.#turns.keys().next().value;
    if (this.#turns.size > KEPT && oldest !== undefined) this.#turns.delete(oldest);
    return turns;
  }
}

const nameOf = (way: RouteCandidate): string => way.dispatcher.relay.settings.name;
