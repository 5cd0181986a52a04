/**
 * Unknowns at a relay that drops a second message with the same key. Such an unknown may go out again: if the relay has
 * the first one, it drops the second, and says 250 to both. That holds only at the same relay, and only while it
 * remembers the key, so the row carries a time after which no mark is granted. Tried once; what is unknown again stays so.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { reopenIfSent } from '../issue/state.ts';
import { isIneligible } from './moves/eligibility.ts';
import { moveDeliveries } from './moves/move-deliveries.ts';
import { lockPlanning } from './unsubscribe-guard.ts';

/** A send with unknowns that its newsletter's policy would hold. They do not keep it open, so it may be sent already. */
export interface HeldUnknowns {
  issueId: number;
  route: string | null;
}

/** No relay remembers a key for longer. */
const LOOKED_BACK = sql`interval '1 day'`;

export async function sendsWithHeldUnknowns(db: Db): Promise<HeldUnknowns[]> {
  const { rows } = await sql<HeldUnknowns>`
    SELECT i.id AS "issueId", s.route FROM issues i JOIN sends s ON s.issue_id = i.id
      JOIN newsletters n ON n.id = i.newsletter_id
    WHERE (i.state = 'sending' OR (i.state = 'sent' AND i.compacting_since IS NULL AND s.sent_at > clock_timestamp() - ${LOOKED_BACK}))
      AND n.on_unknown = 'hold' AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())
      AND (SELECT coalesce(sum(unknown), 0) FROM tallies t WHERE t.issue_id = i.id) > 0`.execute(db);
  return rows;
}

/**
 * The first message may have reached the relay this long before its attempt was stored (ten minutes for the reply, and
 * the lease of a dead worker), and clocks differ.
 */
const MARGIN = sql`interval '1 hour'`;

/**
 * Plans them again, due by the retry schedule, and reopens a sent issue. People who left meanwhile are not mailed, so
 * theirs stay. `relay`: the only one that the issue goes to; `keyMs`: how long it
 * remembers a key. Returns how many moved.
 */
export async function resendByKey(
  db: Db,
  { issueId, relay, keyMs }: { issueId: number; relay: string; keyMs: number },
  retryMs: readonly number[],
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await lockPlanning(trx, issueId);
    const { rows } = await sql`${moveDeliveries('reconcile', 'planned', {
      reason: 'idempotent',
      dueAt: sql`clock_timestamp() + interval '1 millisecond' * ${retryMs[0] ?? 0}::float8`,
      set: sql`resend_until = a.first + interval '1 millisecond' * ${keyMs}::float8 - ${MARGIN}`,
      from: sql`(SELECT delivery_id, min(at) AS first, count(*) FILTER (WHERE outcome = 'unknown') AS unknowns
      FROM attempts WHERE issue_id = ${issueId} GROUP BY delivery_id) a`,
      where: sql`d.issue_id = ${issueId} AND d.id = a.delivery_id AND a.unknowns = 1 AND coalesce(d.relay, ${relay}) = ${relay}
      AND d.reason <> 'restored' AND a.first + interval '1 millisecond' * ${keyMs}::float8 - ${MARGIN} > clock_timestamp()
      AND NOT ${sql.raw(isIneligible)}`,
      returning: sql`d.id`,
    })}`.execute(trx);
    if (rows.length > 0) await reopenIfSent(trx, issueId);
    return rows.length;
  });
}

/** Those that still wait after their time are unknown again: whether the first message arrived was never found out. */
export async function endResendsByKey(db: Db): Promise<number> {
  const { rows } = await sql`${moveDeliveries('giveUpResend', 'unknown', {
    reason: 'no-reply',
    dueAt: null,
    set: sql`resend_until = NULL`,
    where: sql`d.resend_until <= clock_timestamp() AND d.issue_id IN (
      SELECT id FROM issues WHERE state IN ('sending', 'paused'))`,
    returning: sql`d.id`,
  })}`.execute(db);
  return rows.length;
}
