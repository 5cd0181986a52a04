/**
 * How many more messages a relay may be asked to take: its limits per minute, hour and day, and today's step of its
 * warm-up.
 *
 * A limit is a sliding window: it holds for any span of that length, not only for calendar hours and days. Messages
 * count once begun, in buckets much smaller than the span; an open batch counts in full, since it may still begin all
 * of its messages. So a batch is its own reservation: it is leased while its relay's row is locked and counts at once,
 * and the statement that deletes it at its end stores how many it began. If a worker dies, we assume that it began
 * everything. All of this is in PostgreSQL, so losing Redis loses no limit.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';

export type Span = 'minute' | 'hour' | 'day';

/** Messages; 0: no limit. */
export type SpanLimits = Readonly<Record<Span, number>>;

export interface BudgetWait {
  /** The limit that is used up; null: open batches have reserved the rest, and will give back what they do not need. */
  span: Span | 'warm-up' | null;
  limit: number;
  inMs: number;
}

export interface Room {
  /** Messages that may be leased now. */
  free: number;
  /** Why none may be leased; null while some may. */
  waits: BudgetWait | null;
}

interface SpanRule {
  span: Span;
  seconds: number;
  /** Seconds per bucket: the limit holds for the span plus up to this much. */
  bucket: number;
}

const SPANS: readonly SpanRule[] = [
  { span: 'minute', seconds: 60, bucket: 1 },
  { span: 'hour', seconds: 3_600, bucket: 60 },
  { span: 'day', seconds: 86_400, bucket: 900 },
];

/** Issues leave this share of every limit to service mails: a confirmation must not wait for a day. */
const SERVICE_SHARE = 0.02;
/** How soon to look again when only open batches are in the way. */
const LOOK_AGAIN_MS = 500;

/**
 * Call it within the transaction that leases: the relay's row stays locked until the batch is stored. `said`: the
 * limits from SMTP_URL, used where the operator has set none.
 */
export async function roomOf(
  trx: Trx,
  relay: string,
  said: SpanLimits,
  purpose: 'issues' | 'service',
): Promise<Room> {
  if (!isLimited(await limitsOf(trx, relay, said))) return { free: Number.MAX_SAFE_INTEGER, waits: null };
  const limits = await lockedLimits(trx, relay, said);
  const used = await usageOf(trx, relay);
  let room: Room = { free: Number.MAX_SAFE_INTEGER, waits: null };
  for (const { span } of SPANS) {
    const limit = mayUse(limits[span], purpose);
    if (limit === null) continue;
    const { begun, opensInMs } = used.spans[span];
    const free = Math.max(0, limit - begun - used.open);
    const name = span === 'day' && limits.warming ? 'warm-up' : span;
    const waits: BudgetWait =
      begun >= limit
        ? { span: name, limit: limits[span], inMs: opensInMs }
        : { span: null, limit: limits[span], inMs: LOOK_AGAIN_MS };
    if (free === 0) room = { free: 0, waits: longer(room.waits, waits) };
    else room = { ...room, free: Math.min(room.free, free) };
  }
  return room;
}

const longer = (one: BudgetWait | null, other: BudgetWait): BudgetWait =>
  one === null || other.inMs > one.inMs ? other : one;

function mayUse(limit: number, purpose: 'issues' | 'service'): number | null {
  if (limit === 0) return null;
  return purpose === 'service' ? limit : limit - Math.floor(limit * SERVICE_SHARE);
}

export interface Limits extends Record<Span, number> {
  /** The daily limit is the current step of its warm-up. */
  warming: boolean;
}

const isLimited = (limits: Limits): boolean => limits.minute > 0 || limits.hour > 0 || limits.day > 0;

/** The limits in force: the operator's, else those of SMTP_URL; for the day at most the current step of the warm-up. */
export async function limitsOf(db: Db, relay: string, said: SpanLimits): Promise<Limits> {
  const { rows } = await sql<{ minute: number; hour: number; day: number; step: number | null }>`
    SELECT coalesce(minute, ${said.minute}::int) AS minute, coalesce(hour, ${said.hour}::int) AS hour,
      coalesce(day, ${said.day}::int) AS day, warm_up[warm_up_stage] AS step
    FROM relays WHERE name = ${relay}`.execute(db);
  const row = rows[0];
  if (!row) return { ...said, warming: false };
  const { step, ...limits } = row;
  const warming = step !== null && (limits.day === 0 || step < limits.day);
  return { ...limits, day: warming ? step : limits.day, warming };
}

/** The first day of a warm-up begins when the relay is first used. */
async function lockedLimits(trx: Trx, relay: string, said: SpanLimits): Promise<Limits> {
  await sql`INSERT INTO relays (name) VALUES (${relay}) ON CONFLICT DO NOTHING`.execute(trx);
  await sql`SELECT FROM relays WHERE name = ${relay} FOR UPDATE`.execute(trx);
  await sql`UPDATE relays SET warm_up_since = clock_timestamp()
    WHERE name = ${relay} AND warm_up IS NOT NULL AND warm_up_since IS NULL`.execute(trx);
  return limitsOf(trx, relay, said);
}

export interface Usage {
  /** What open batches have begun or may still begin. */
  open: number;
  /** Begun by batches that have ended; `opensInMs`: until the oldest of it no longer counts. */
  spans: Record<Span, { begun: number; opensInMs: number }>;
}

/** One statement, so that a batch that ends meanwhile is counted exactly once. */
export async function usageOf(db: Db, relay: string): Promise<Usage> {
  const { rows } = await sql<{ span: Span; open: number; begun: number; opens_in_ms: number | null }>`
    SELECT s.span, (SELECT coalesce(sum(cardinality(ids)), 0)::int FROM batches WHERE relay = ${relay}) AS open,
      coalesce(sum(c.begun), 0)::int AS begun,
      extract(epoch FROM min(c.bucket) + (s.seconds + s.bucket) * interval '1 second' - clock_timestamp())::float8 * 1000 AS opens_in_ms
    FROM ${spanTable} LEFT JOIN relay_counts c ON c.relay = ${relay} AND c.span = s.span AND c.begun > 0
      AND c.bucket > clock_timestamp() - (s.seconds + s.bucket) * interval '1 second'
    GROUP BY s.span, s.seconds, s.bucket`.execute(db);
  const of = (span: Span) => rows.find((row) => row.span === span);
  const spanOf = (span: Span) => ({
    begun: of(span)?.begun ?? 0,
    opensInMs: Math.max(1, of(span)?.opens_in_ms ?? LOOK_AGAIN_MS),
  });
  return {
    open: rows[0]?.open ?? 0,
    spans: { minute: spanOf('minute'), hour: spanOf('hour'), day: spanOf('day') },
  };
}

/** Always in this order, so that two concurrent writers cannot deadlock. */
const spanTable = sql`(VALUES ${sql.join(
  SPANS.map((s) => sql`(${sql.lit(s.span)}, ${sql.lit(s.seconds)}, ${sql.lit(s.bucket)})`),
)}) AS s(span, seconds, bucket)`;

/** Adds `ended` (columns relay, begun, refused, throttled; one row per relay) to the current buckets. */
export const countEnded = (ended: RawBuilder<unknown>) => sql`
  INSERT INTO relay_counts AS c (relay, span, bucket, begun, refused, throttled)
  SELECT e.relay, s.span, to_timestamp(floor(extract(epoch FROM clock_timestamp()) / s.bucket) * s.bucket),
    e.begun, e.refused, e.throttled
  FROM ${ended} AS e CROSS JOIN ${spanTable}
  WHERE e.relay IS NOT NULL AND e.begun > 0 ORDER BY e.relay, s.seconds
  ON CONFLICT (relay, span, bucket) DO UPDATE SET begun = c.begun + excluded.begun,
    refused = c.refused + excluded.refused, throttled = c.throttled + excluded.throttled`;

/** Deletes buckets that no limit needs any more; daily ones are kept for a week for people to look at. */
export async function deleteOldCounts(db: Db): Promise<void> {
  await sql`DELETE FROM relay_counts WHERE bucket < clock_timestamp() -
    CASE span WHEN 'minute' THEN interval '5 minutes' WHEN 'hour' THEN interval '3 hours' ELSE interval '7 days' END`.execute(
    db,
  );
}
