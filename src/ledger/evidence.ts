/**
 * Evidence that a delivery arrived after all: a line in the relay's log, an action by its reader, or what came back
 * about it. It settles an unknown. It also settles a row that waits again after being unknown, so that it is not sent a second time.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';

export type Evidence = 'relay-log' | 'reader' | 'feedback';

/** A delivery that the relay may have taken although the ledger does not say so. */
export interface UncertainDelivery {
  id: number;
  email: string;
  /** It waits to be sent again. */
  waiting: boolean;
  /** Uncertain only because the database was restored from a backup that is older than the relay's log. */
  dueToRestore: boolean;
  attempts: number;
  fence: number;
  /** A time before its first final dot. Null: not known. */
  since: Date | null;
  /** When we gave up on it; its last final dot was earlier. */
  until: Date;
  /** Deliveries that the same relay certainly accepted around that time, on their first attempt. */
  witnesses: { id: number; at: Date }[];
}

const WITNESSES = 20;
/** Neighbours in the plan are handed over at about the same time. */
const NEIGHBOURS = 500;
const TOLERANCE = sql`interval '2 minutes'`;

/** Delivery `d` was once unknown, and the editor or the policy had it sent again. */
const wasUnknown = sql`EXISTS (
  SELECT 1 FROM attempts a WHERE a.issue_id = d.issue_id AND a.delivery_id = d.id AND a.outcome = 'unknown')`;

/**
 * The issue of delivery `d` was paused because the database is a copy: the original may have reached anybody who still
 * waits.
 */
const inRestoredCopy = sql`EXISTS (SELECT 1 FROM issues i JOIN sends s ON s.issue_id = i.id
  WHERE i.id = d.issue_id AND i.state = 'paused' AND s.paused_by = 'postrider'
  AND i.reason_code IN ('restored', 'not-served'))`;

/** A resume moves the first attempt of waiting deliveries; in that case the stored attempts tell when it was. */
const firstDot = sql`CASE WHEN d.attempts <= 1 THEN d.first_attempt_at ELSE least(d.first_attempt_at,
  (SELECT min(a.at) FROM attempts a WHERE a.issue_id = d.issue_id AND a.delivery_id = d.id) - interval '15 minutes') END`;

/**
 * Pages through all uncertain deliveries of an issue, or of the given identities. Only unknowns have witnesses: in a
 * copy of a large send, every waiting delivery is uncertain.
 */
export async function* uncertainDeliveries(
  db: Db,
  issueId: number,
  identities: readonly string[] | null,
  size = 5_000,
): AsyncGenerator<readonly UncertainDelivery[]> {
  for (let after = 0; ; ) {
    const page = await uncertainAfter(db, issueId, identities, after, size);
    if (page.length > 0) yield page;
    if (page.length < size) return;
    after = page.at(-1)!.id;
  }
}

async function uncertainAfter(
  db: Db,
  issueId: number,
  identities: readonly string[] | null,
  after: number,
  size: number,
): Promise<UncertainDelivery[]> {
  const { rows } = await sql<
    Omit<UncertainDelivery, 'witnesses'> & { witnesses: { id: number; at: string }[] }
  >`
    SELECT d.id, d.email, d.state <> 'unknown' AS waiting, d.state <> 'unknown' AND NOT ${wasUnknown} AS "dueToRestore", d.attempts, d.fence, ${firstDot} AS since,
      coalesce((SELECT max(a.at) FROM attempts a
        WHERE a.issue_id = d.issue_id AND a.delivery_id = d.id AND a.outcome = 'unknown'), d.moved_at) AS until,
      coalesce((SELECT json_agg(w) FROM (
        SELECT w.id, w.moved_at AS at FROM deliveries w
        WHERE d.state = 'unknown' AND w.issue_id = ${issueId} AND w.id BETWEEN d.id - ${NEIGHBOURS}::int AND d.id + ${NEIGHBOURS}::int
          AND w.state = 'accepted' AND w.reason IS NULL AND w.attempts = 1
          AND w.relay = coalesce(d.relay, w.relay)
          AND w.moved_at BETWEEN d.first_attempt_at - ${TOLERANCE} AND d.moved_at + ${TOLERANCE}
        ORDER BY abs(w.id - d.id) LIMIT ${WITNESSES}) w), '[]') AS witnesses
    FROM deliveries d
    WHERE d.issue_id = ${issueId} AND d.id > ${after} AND (${identities}::text[] IS NULL OR d.key = ANY(${identities}::text[]))
      AND (d.state = 'unknown' OR (d.state IN ('planned', 'deferred') AND (${wasUnknown} OR ${inRestoredCopy})))
    ORDER BY d.id LIMIT ${size}`.execute(db);
  return rows.map((row) => ({
    ...row,
    witnesses: row.witnesses.map(({ id, at }) => ({ id, at: new Date(at) })),
  }));
}

/**
 * They arrived. Moves unknowns, and deliveries that wait after being unknown (in a restored copy: all that wait), to
 * `accepted`. Returns the ids that moved.
 */
export async function acceptByEvidence(
  db: Db,
  issueId: number,
  found: readonly { id: number; reply: string | null }[],
  by: Evidence,
): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`${moveDeliveries('acceptByEvidence', 'accepted', {
    reason: by,
    dueAt: null,
    set: sql`reply = coalesce(e.reply, d.reply)`,
    from: sql`unnest(${found.map(({ id }) => id)}::bigint[], ${found.map(({ reply }) => reply)}::text[]) AS e(id, reply)`,
    where: sql`d.issue_id = ${issueId} AND d.id = e.id AND (d.state = 'unknown' OR ${wasUnknown} OR ${inRestoredCopy})`,
    returning: sql`d.id`,
  })}`.execute(db);
  return new Set(rows.map((row) => row.id));
}

/**
 * The reader used a link of this mail, so it arrived. `subscriberId` is the person the link was signed for; somebody
 * else's row is left alone. An unsubscribe does the same within its own transaction.
 */
export async function acceptByReader(
  db: Db,
  { issue, delivery }: { issue: number; delivery: number },
  subscriberId: number,
): Promise<void> {
  await sql`SELECT accept_by_reader(${subscriberId}, ${issue}, ${delivery})`.execute(db);
}

/** They did not arrive: these unknowns go out again, under the same Message-ID. Returns the ids that moved. */
export async function resendByEvidence(
  db: Db,
  issueId: number,
  ids: readonly number[],
): Promise<Set<number>> {
  const { rows } = await sql<{ id: number }>`${moveDeliveries('reconcile', 'planned', {
    reason: 'relay-log',
    dueAt: sql`clock_timestamp()`,
    set: sql`resend_until = NULL`,
    where: sql`d.issue_id = ${issueId} AND d.id = ANY(${ids}::bigint[])`,
    returning: sql`d.id`,
  })}`.execute(db);
  return new Set(rows.map((row) => row.id));
}
