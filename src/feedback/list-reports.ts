/** What came back, for operators: the newest first. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';

export interface ListedReport {
  id: number;
  at: Date;
  source: string;
  class: string;
  reason: string;
  status: string | null;
  diagnostic: string | null;
  /** `weekly/2026-11-23/4711`; null: none of ours was found. */
  delivery: string | null;
  lane: string | null;
  relay: string | null;
  foundBy: string | null;
  action: string;
}

export interface ReportFilter {
  issueId: number | null;
  class: string | null;
  action: string | null;
  limit: number;
}

export async function listReports(db: Db, filter: ReportFilter): Promise<ListedReport[]> {
  const { rows } = await sql<ListedReport>`
    SELECT r.id, r.at, r.source, r.class, r.reason, r.status, r.diagnostic, r.lane, r.relay, r.found_by AS "foundBy", r.action,
      CASE WHEN r.issue_id = 0 THEN 'service mails/' || r.delivery_id ELSE n.slug || '/' || i.slug || '/' || r.delivery_id END AS delivery
    FROM feedback_reports r LEFT JOIN issues i ON i.id = r.issue_id LEFT JOIN newsletters n ON n.id = i.newsletter_id
    WHERE (${filter.issueId}::bigint IS NULL OR r.issue_id = ${filter.issueId})
      AND (${filter.class}::text IS NULL OR r.class = ${filter.class})
      AND (${filter.action}::text IS NULL OR r.action = ${filter.action})
    ORDER BY r.id DESC LIMIT ${filter.limit}`.execute(db);
  return rows;
}
