/**
 * A provider that suddenly calls everybody unknown has a fault of its own, and its readers must not be lost for it: while
 * a lane's share of bad addresses is far over its usual share, they are quarantined until an operator decides.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';

interface LaneCounts {
  /** Called unknown in the last day. */
  hard: number;
  /** Accepted by issues that began in the last three days. */
  sent: number;
  /** The same over the three months before. */
  usualHard: number;
  usualSent: number;
}

const MIN_HARD = 50;
const TIMES_USUAL = 5;
/** With fewer messages than this the lane has no usual share. */
const MIN_USUAL_SENT = 1_000;
/** The share of bad addresses in a list that is looked after. */
const FIRST_SHARE = 0.02;
/** Below it five times the usual share is a handful of people. */
const LEAST_SHARE = 0.004;

export function isSuspect({ hard, sent, usualHard, usualSent }: LaneCounts): boolean {
  if (hard < MIN_HARD) return false;
  const usual = usualSent < MIN_USUAL_SENT ? FIRST_SHARE : Math.max(usualHard / usualSent, LEAST_SHARE);
  return hard > TIMES_USUAL * usual * Math.max(sent, 1);
}

/** Call it when the report in question is stored: it counts too. */
export async function isLaneSuspect(trx: Trx, lane: string): Promise<boolean> {
  const { rows } = await sql<LaneCounts>`
    SELECT (SELECT count(*) FROM feedback_reports WHERE class = 'hard' AND proven AND lane = ${lane} AND at > now() - interval '1 day')::int AS hard,
      (SELECT count(*) FROM feedback_reports WHERE class = 'hard' AND proven AND lane = ${lane}
        AND at BETWEEN now() - interval '90 days' AND now() - interval '3 days')::int AS "usualHard",
      coalesce(sum(t.accepted) FILTER (WHERE s.sending_since > now() - interval '3 days'), 0)::bigint AS sent,
      coalesce(sum(t.accepted) FILTER (WHERE s.sending_since <= now() - interval '3 days'), 0)::bigint AS "usualSent"
    FROM sends s JOIN tallies t ON t.issue_id = s.issue_id
    WHERE t.lane = ${lane} AND s.sending_since > now() - interval '90 days'`.execute(trx);
  return isSuspect(rows[0]!);
}
