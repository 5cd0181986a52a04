/** How a send is received: refused, bounced and complained about, as shares of the judged deliveries. */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';

export interface Signals {
  issue: number;
  /** Accepted or refused since a person last resumed the send. */
  judged: number;
  /** Refused, or accepted and bounced or blocked later. */
  refused: number;
  complaints: number;
  /** Percent of the judged that the newsletter tolerates; 0: it never pauses for this. */
  maxRefusedPercent: number;
  maxComplaintsPercent: number;
  /** With fewer judged deliveries than this the shares mean nothing. */
  minJudged: number;
}

/** The judged come from the tallies; feedback is counted directly, since it is rare and indexed. */
const counts = sql`
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(t.accepted), 0)::bigint AS accepted, coalesce(sum(t.refused), 0)::bigint AS refused
    FROM tallies t WHERE t.issue_id = i.id
  ) t CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.feedback IN ('bounced', 'blocked')) AS bounced,
      count(*) FILTER (WHERE d.feedback = 'complained') AS complained
    FROM deliveries d WHERE d.issue_id = i.id AND d.feedback IN ('bounced', 'blocked', 'complained')
  ) f`;

/** For one running send, or for all. */
export async function signalsOf(db: Db, issueId: number | null = null): Promise<Signals[]> {
  const { rows } = await sql<Signals>`
    SELECT i.id AS issue, t.accepted + t.refused - s.baseline_judged AS judged,
      t.refused + f.bounced - s.baseline_refused AS refused, f.complained - s.baseline_complaints AS complaints,
      n.auto_pause_refused::text::float8 AS "maxRefusedPercent", n.auto_pause_complaints::text::float8 AS "maxComplaintsPercent", n.auto_pause_sample AS "minJudged"
    FROM issues i JOIN sends s ON s.issue_id = i.id JOIN newsletters n ON n.id = i.newsletter_id ${counts}
    WHERE i.state = 'sending' AND (${issueId}::bigint IS NULL OR i.id = ${issueId})`.execute(db);
  return rows;
}

/** Somebody resumed the send knowing about these, so only what comes from now on counts. */
export async function resetBaseline(trx: Trx, issueId: number): Promise<void> {
  await sql`
    UPDATE sends SET baseline_judged = now.judged, baseline_refused = now.refused, baseline_complaints = now.complaints
    FROM (
      SELECT t.accepted + t.refused AS judged, t.refused + f.bounced AS refused, f.complained AS complaints
      FROM issues i ${counts} WHERE i.id = ${issueId}
    ) now
    WHERE issue_id = ${issueId}`.execute(trx);
}

/** The relay's most common reply to refused recipients, with addresses and per-message numbers removed. */
export async function commonRefusal(
  db: Db,
  issueId: number,
): Promise<{ reply: string; times: number } | null> {
  const { rows } = await sql<{ reply: string; times: number }>`
    SELECT regexp_replace(reply, '<[^>]*>|\\S+@\\S+|\\m[0-9A-Za-z-]*\\d[0-9A-Za-z-]{7,}\\M', '…', 'g') AS reply, count(*)::int AS times
    FROM attempts WHERE issue_id = ${issueId} AND outcome = 'refused' AND reply IS NOT NULL
    GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1`.execute(db);
  return rows[0] ?? null;
}
