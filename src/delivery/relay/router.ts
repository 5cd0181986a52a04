/**
 * Chooses the relay for the next batch: one of those that the issue may use and that are up, by weight. This is a
 * smooth weighted round robin: the shares hold even over a few batches, and a relay that comes back does not catch up.
 */
import { readRoute } from '../../ledger/relays/route.ts';
import type { RelayTerms } from '../../ports.ts';
import type { Dispatcher } from './dispatcher.ts';

export interface RouteCandidate {
  dispatcher: Dispatcher;
  weight: number;
}

export interface RouteChoice {
  candidate: RouteCandidate;
  /**
   * Reports what share of a whole batch it took in the end (0: there was nothing to take), so that turns are weighted
   * by it.
   */
  took(share: number): void;
}

/** Issues whose turns are remembered. */
const MAX_ISSUES = 200;

export class RelayRouter {
  #dispatchers: readonly Dispatcher[];
  #terms: (relay: string) => RelayTerms;
  #turns = new Map<number, Map<string, number>>();

  constructor(dispatchers: readonly Dispatcher[], terms: (relay: string) => RelayTerms) {
    this.#dispatchers = dispatchers;
    this.#terms = terms;
  }

  /**
   * The relays of a route that SMTP_URL still has. Without a route: those for that purpose, or else the first for all purposes.
   */
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
   * The relay whose turn it is. When none is up, one that may come back by itself: a relay that is down is tried with a
   * connection of its own, so no delivery is risked.
   */
  choose(issueId: number, candidates: readonly RouteCandidate[]): RouteChoice {
    const [only] = candidates;
    if (only && candidates.length === 1) return { candidate: only, took: () => {} };
    for (const { dispatcher } of candidates) if (!dispatcher.health.isUp) void dispatcher.checkWhetherBack();
    const up = candidates.filter(({ dispatcher }) => dispatcher.health.isUp);
    const hopeful = candidates.filter(({ dispatcher }) => !dispatcher.health.refusesLogin);
    return this.#next(issueId, up.length > 0 ? up : hopeful.length > 0 ? hopeful : candidates);
  }

  #next(issueId: number, candidates: readonly RouteCandidate[]): RouteChoice {
    const turns = this.#turnsOf(issueId);
    const turnOf = (candidate: RouteCandidate) => turns.get(nameOf(candidate)) ?? 0;
    const total = candidates.reduce((sum, candidate) => sum + candidate.weight, 0);
    const chosen = candidates.reduce((best, candidate) =>
      turnOf(candidate) + candidate.weight > turnOf(best) + best.weight ? candidate : best,
    );
    const count = (share: number) => {
      for (const candidate of candidates)
        turns.set(nameOf(candidate), turnOf(candidate) + candidate.weight * share);
      turns.set(nameOf(chosen), turnOf(chosen) - total * share);
    };
    count(1);
    return { candidate: chosen, took: (share) => count(share - 1) };
  }

  #turnsOf(issueId: number): Map<string, number> {
    const turns = this.#turns.get(issueId) ?? new Map<string, number>();
    this.#turns.set(issueId, turns);
    const oldest = this.#turns.keys().next().value;
    if (this.#turns.size > MAX_ISSUES && oldest !== undefined) this.#turns.delete(oldest);
    return turns;
  }
}

const nameOf = (candidate: RouteCandidate): string => candidate.dispatcher.relay.settings.name;
