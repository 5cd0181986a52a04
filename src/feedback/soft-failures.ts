/**
 * Soft failures of a person: on how many issues, and over how many days, since two clean sends in a row. A clean send is
 * an issue that their server took and about which nothing came back within three days.
 */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';
import type { SoftFailures } from './policy.ts';

const CLEAN_SENDS = 2;
/** A mailbox that stays full reports it within this; most servers give up after five days, many after three. */
const QUIET_DAYS = 3;
/** Older ones say nothing about today. */
const MEMORY_DAYS = 120;

interface Sent {
  issue: number;
  at: Date;
  failed: boolean;
}

/** The newest first: what was sent to them lately, and whether a soft failure came back. */
export async function softFailuresOf(trx: Trx, subscriberId: number): Promise<SoftFailures> {
  const { rows } = await sql<Sent>`
    WITH failed AS (
      SELECT DISTINCT issue_id FROM feedback_reports
      WHERE subscriber_id = ${subscriberId} AND proven AND class IN ('soft', 'hard')
    ), mailed AS (
      SELECT d.issue_id, d.moved_at, d.state, d.feedback FROM subscribers p
      JOIN deliveries d ON d.kind = 'issue' AND d.key = p.identity
        AND d.issue_id = ANY(ARRAY(SELECT issue_id FROM sends WHERE sending_since > now() - ${MEMORY_DAYS} * interval '1 day'))
      WHERE p.id = ${subscriberId}
    )
    SELECT m.issue_id AS issue, m.moved_at AS at, f.issue_id IS NOT NULL AS failed
    FROM mailed m LEFT JOIN failed f ON f.issue_id = m.issue_id
    WHERE f.issue_id IS NOT NULL OR (m.state = 'accepted' AND m.feedback IS NULL
      AND m.moved_at < now() - ${QUIET_DAYS} * interval '1 day')
    ORDER BY m.moved_at DESC, m.issue_id DESC`.execute(trx);
  return countFailures(rows);
}

/** `sent`: the newest first. */
export function countFailures(sent: readonly Sent[]): SoftFailures {
  const failures: Sent[] = [];
  let clean = 0;
  for (const one of sent) {
    clean = one.failed ? 0 : clean + 1;
    if (clean >= CLEAN_SENDS) break;
    if (one.failed) failures.push(one);
  }
  const last = failures[0]?.at.getTime() ?? 0;
  const first = failures.at(-1)?.at.getTime() ?? 0;
  return { issues: failures.length, days: (last - first) / 86_400_000 };
}
