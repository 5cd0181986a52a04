/** Estimates when a send will be finished: from its relays' limits, the speed of the last send, and warm-ups. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import type { Relay, RelayTerms } from '../../ports.ts';
import { readOverrides } from './settings.ts';
import { termsOf } from './terms.ts';
import { forecastOf } from './warm-up.ts';

export interface ExpectedPace {
  /** Messages per second: the relays' limits, or the rate of the last issue sent through them; null: not known. */
  rate: number | null;
  rateFrom: 'limit' | 'last-issue' | null;
  /**
   * Seconds until all are handed over at that rate and within all limits; without a known rate, the earliest possible.
   * Null: nothing limits it, and nothing is known.
   */
  seconds: number | null;
}

/** `route`: the relays as text, as stored with an issue. */
export async function expectedPace(
  db: Db,
  relays: readonly Relay[],
  route: string,
  messages: number,
): Promise<ExpectedPace> {
  const overrides = await readOverrides(db);
  const terms = relays.map(({ settings }) => termsOf(settings, overrides.get(settings.name)));
  const limited = terms.every(({ rate }) => rate > 0);
  const rate = limited ? terms.reduce((sum, one) => sum + one.rate, 0) : await lastRate(db, route);
  const names = relays.map(({ settings }) => settings.name);
  const warm = await forecastOf(db, names, messages);
  const until = warm === null ? 0 : (warm.doneAt.getTime() - Date.now()) / 1_000;
  const seconds = Math.ceil(Math.max(secondsFor(messages, rate, terms), until));
  if (rate === null) return { rate, rateFrom: null, seconds: seconds > 0 ? seconds : null };
  return { rate, rateFrom: limited ? 'limit' : 'last-issue', seconds };
}

const SPANS = [
  ['minute', 60],
  ['hour', 3_600],
  ['day', 86_400],
] as const;

/**
 * The first second by which the relays together can have taken this many messages, assuming that none of their limits
 * is partly used now. `rate` null: as fast as the limits allow.
 */
export function secondsFor(messages: number, rate: number | null, relays: readonly RelayTerms[]): number {
  const atRate = rate === null ? 0 : Math.ceil(messages / rate);
  const may = (seconds: number) => relays.reduce((sum, terms) => sum + maxMessagesIn(seconds, terms), 0);
  if (may(atRate) >= messages) return atRate;
  let [no, yes] = [atRate, atRate * 2 + 1];
  while (may(yes) < messages) [no, yes] = [yes, yes * 2];
  while (yes - no > 1) {
    const middle = Math.floor((no + yes) / 2);
    if (may(middle) >= messages) yes = middle;
    else no = middle;
  }
  return yes;
}

/**
 * The most that one relay takes in this many seconds: a limit is used up at once and is available again after its span.
 */
function maxMessagesIn(seconds: number, terms: RelayTerms): number {
  let max = terms.rate > 0 ? terms.rate * seconds : Number.POSITIVE_INFINITY;
  for (const [name, span] of SPANS)
    if (terms[name] > 0) max = Math.min(max, (Math.floor(seconds / span) + 1) * terms[name]);
  return max;
}

/**
 * While a send is making progress there is never such a gap without a first attempt; a longer one means that it waited
 * for a person, a limit or the night.
 */
const STANDSTILL = sql`interval '1 minute'`;

/**
 * The rate of the last issue by this route with at least a hundred readers: first attempts per second, without
 * standstills. Retries are left out, since a few that go on for two days say nothing about the rest.
 */
async function lastRate(db: Db, route: string): Promise<number | null> {
  const { rows } = await sql<{ rate: number | null }>`
    WITH last AS (
      SELECT i.id FROM issues i JOIN sends s ON s.issue_id = i.id, LATERAL (
        SELECT sum(accepted + refused + unknown) AS settled FROM tallies WHERE issue_id = i.id
      ) t
      WHERE i.state = 'sent' AND s.route = ${route} AND t.settled >= 100 ORDER BY s.sent_at DESC LIMIT 1
    ), tries AS (
      SELECT first_attempt_at - lag(first_attempt_at) OVER (ORDER BY first_attempt_at) AS gap
      FROM deliveries WHERE issue_id = (SELECT id FROM last) AND first_attempt_at IS NOT NULL
    )
    SELECT (count(gap) / nullif(extract(epoch FROM sum(gap)), 0))::float8 AS rate FROM tries WHERE gap < ${STANDSTILL}`.execute(
    db,
  );
  const rate = rows[0]?.rate ?? null;
  return rate === null ? null : Math.max(0.1, Math.round(rate * 10) / 10);
}
