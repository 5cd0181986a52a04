/**
 * Which relays an issue goes to, as text: `main`, or `main:3,backup:1` with weights. A relay without a configured name
 * is called by its host, which may be `[::1]`, so the weight is whatever follows the last colon of an entry.
 */
import { type RawBuilder, sql } from 'kysely';
import { Refused } from '../../errors.ts';

export interface RouteEntry {
  relay: string;
  /** Null: the relay's own weight. */
  weight: number | null;
}

const MAX_WEIGHT = 1_000;

/** Throws Refused('bad-route'). */
export function readRoute(text: string): RouteEntry[] {
  const legs = text.split(',').map((part) => readLeg(part.trim()));
  const twice = legs.find((leg, at) => legs.findIndex((other) => other.relay === leg.relay) !== at);
  if (twice) throw new Refused('bad-route', `expected every relay once, found "${twice.relay}" twice`);
  return legs;
}

function readLeg(text: string): RouteEntry {
  const [, relay = '', weight] = /^(.+?)(?::(\d+))?$/.exec(text) ?? [];
  if (relay === '' || (weight !== undefined && !(Number(weight) >= 1 && Number(weight) <= MAX_WEIGHT)))
    throw new Refused(
      'bad-route',
      `expected the names of relays separated by commas, each with a weight from 1 to ${MAX_WEIGHT} or none (main:3,backup:1), found "${text.slice(0, 80)}"`,
    );
  return { relay, weight: weight === undefined ? null : Number(weight) };
}

export const routeText = (legs: readonly RouteEntry[]): string =>
  legs.map(({ relay, weight }) => (weight === null ? relay : `${relay}:${weight}`)).join(',');

/** The relays that a route names: `main:3,backup` -> main, backup. */
export const relaysOf = (route: string): string[] => readRoute(route).map(({ relay }) => relay);

/** The same for a route in a query, as a text[]. Only for what `routeText` wrote, which contains no spaces. */
export const relayNames = (route: RawBuilder<unknown>) =>
  sql<string[]>`string_to_array(regexp_replace(${route}, ':\\d+(?=,|$)', '', 'g'), ',')`;
