/**
 * The warm-up of a relay: a daily cap that grows step by step, since mailbox providers distrust a sender whose volume
 * jumps. A step lasts a day, from its first mail. The cap grows if by the end of that day at least half of the step was
 * used (an idle day proves nothing) and the day went well; otherwise the same step holds for another day. After the
 * last step the relay is warm and has no cap. budget.ts counts what was begun over any 24 hours.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { usageOf } from './budget.ts';

/** Shares of the day's messages at which the step does not grow. */
const REFUSED = 0.03;
const THROTTLED = 0.1;
/** With fewer messages than this the shares mean nothing. */
const MIN_JUDGED = 20;

export interface WarmUp {
  /** Messages per day, step by step. */
  steps: number[];
  /** Counted from 1. */
  stage: number;
  /** When the step began; null: the relay was not used yet. */
  since: Date | null;
  /** Why the step did not grow; null if it did. */
  held: string | null;
}

/** Null when the relay is not being warmed up. */
export async function warmUpOf(db: Db, relay: string): Promise<WarmUp | null> {
  const row = await db
    .selectFrom('relays')
    .select(['warm_up', 'warm_up_stage', 'warm_up_since', 'warm_up_held'])
    .where('name', '=', relay)
    .executeTakeFirst();
  if (!row?.warm_up || row.warm_up_stage > row.warm_up.length) return null;
  return {
    steps: row.warm_up,
    stage: row.warm_up_stage,
    since: row.warm_up_since,
    held: row.warm_up_held,
  };
}

/**
 * `stage` and `since`: where the warm-up stands already, for a relay that was used before. Null steps end the warm-up.
 */
export async function startWarmUp(
  db: Db,
  relay: string,
  steps: readonly number[] | null,
  from: { stage: number; since: Date | null } = { stage: 1, since: null },
): Promise<void> {
  const warmUp = {
    warm_up: steps === null ? null : [...steps],
    warm_up_stage: from.stage,
    warm_up_since: from.since,
    warm_up_held: null,
  };
  await db
    .insertInto('relays')
    .values({ name: relay, ...warmUp })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(warmUp))
    .execute();
}

export interface WarmUpChange {
  relay: string;
  stage: number;
  held: string | null;
}

/** Checks every relay whose step's day is over. Returns what changed. Safe to run concurrently: each row is locked. */
export async function growWarmUps(db: Db): Promise<WarmUpChange[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT name FROM relays WHERE warm_up IS NOT NULL AND warm_up_stage <= cardinality(warm_up)
      AND warm_up_since <= clock_timestamp() - interval '1 day'`.execute(db);
  const grown: WarmUpChange[] = [];
  for (const { name } of rows) {
    const change = await db.transaction().execute((trx) => grow(trx, name));
    if (change) grown.push(change);
  }
  return grown;
}

interface Day {
  stage: number;
  cap: number;
  begun: number;
  refused: number;
  throttled: number;
}

async function grow(trx: Trx, name: string): Promise<WarmUpChange | null> {
  const { rows: locked } = await sql`
    SELECT FROM relays WHERE name = ${name} AND warm_up_since <= clock_timestamp() - interval '1 day' FOR UPDATE`.execute(
    trx,
  );
  if (locked.length === 0) return null;
  const { rows } = await sql<Day>`
    SELECT r.warm_up_stage AS stage, r.warm_up[r.warm_up_stage] AS cap, coalesce(sum(c.begun), 0)::int AS begun,
      coalesce(sum(c.refused), 0)::int AS refused, coalesce(sum(c.throttled), 0)::int AS throttled
    FROM relays r LEFT JOIN relay_counts c ON c.relay = r.name AND c.span = 'day' AND c.bucket >= r.warm_up_since - interval '15 minutes'
    WHERE r.name = ${name} GROUP BY r.name`.execute(trx);
  const day = rows[0]!;
  const held = whyHeld(day);
  const stage = held === null ? day.stage + 1 : day.stage;
  // After an idle day the step stays open until mail comes.
  await sql`UPDATE relays SET warm_up_stage = ${stage}, warm_up_held = ${held},
      warm_up_since = CASE WHEN ${day.begun}::int > 0 THEN clock_timestamp() END
    WHERE name = ${name}`.execute(trx);
  return { relay: name, stage, held };
}

function whyHeld({ cap, begun, refused, throttled }: Day): string | null {
  const percent = (part: number) => `${Math.round((100 * part) / begun)} %`;
  if (begun >= MIN_JUDGED && refused > REFUSED * begun)
    return `${refused} of ${begun} were refused (${percent(refused)})`;
  if (begun >= MIN_JUDGED && throttled > THROTTLED * begun)
    return `${throttled} of ${begun} were throttled (${percent(throttled)})`;
  if (begun < cap / 2) return `only ${begun} of ${cap} were sent in the day`;
  return null;
}

/** A relay that is being warmed up, and how much of today's step is used. */
export interface WarmUpProgress extends Pick<WarmUp, 'steps' | 'stage'> {
  used: number;
}

/**
 * How many days (of 24 hours, from now) it takes to send `messages` more through relays that all grow as planned; 0:
 * today. A relay past its last step has no cap.
 */
export function daysToSend(ladders: readonly WarmUpProgress[], messages: number): number {
  let left = messages;
  for (let day = 0; ; day++) {
    for (const { steps, stage, used } of ladders) {
      const cap = steps[stage - 1 + day];
      if (cap === undefined) return day;
      left -= Math.max(0, day === 0 ? cap - used : cap);
    }
    if (left <= 0) return day;
  }
}

export interface WarmUpForecast {
  /** Messages that may go in the current 24 hours. */
  today: number;
  /** When the last of them goes, if every day goes well. */
  doneAt: Date;
}

/** Null when one of these relays is not being warmed up: it takes what the others may not. */
export async function forecastOf(
  db: Db,
  relays: readonly string[],
  messages: number,
): Promise<WarmUpForecast | null> {
  const ladders: WarmUpProgress[] = [];
  for (const relay of relays) {
    const warmUp = await warmUpOf(db, relay);
    if (!warmUp) return null;
    const { open, spans } = await usageOf(db, relay);
    ladders.push({ ...warmUp, used: spans.day.begun + open });
  }
  const { rows } = await sql<{ done_at: Date }>`
    SELECT clock_timestamp() + ${daysToSend(ladders, messages)}::int * interval '1 day' AS done_at`.execute(
    db,
  );
  const today = ladders.reduce(
    (sum, { steps, stage, used }) => sum + Math.max(0, steps[stage - 1]! - used),
    0,
  );
  return { today, doneAt: rows[0]!.done_at };
}
