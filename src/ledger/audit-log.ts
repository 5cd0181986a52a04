/** Acts that a person answers for, such as sending in spite of a check. Rows are only added. */
import type { Db, Trx } from '../db/connection.ts';

export interface AuditedAct {
  /** `cli`: whoever may use the command line. */
  who: string;
  /** A stable word, e.g. `send-forced`. */
  act: string;
  issueId: number;
  /** No reader's address stands in it. */
  details: Record<string, unknown>;
}

export interface AuditEntry {
  /** ISO. */
  at: string;
  who: string;
  act: string;
  details: Record<string, unknown>;
}

/** In the transaction of the act itself: neither is there without the other. */
export async function writeAudit(trx: Trx, { who, act, issueId, details }: AuditedAct): Promise<void> {
  await trx
    .insertInto('audit_log')
    .values({ who, act, issue_id: issueId, details: JSON.stringify(details) })
    .execute();
}

/** In the order in which it happened. */
export async function auditOf(db: Db, issueId: number): Promise<AuditEntry[]> {
  const rows = await db
    .selectFrom('audit_log')
    .select(['at', 'who', 'act', 'details'])
    .where('issue_id', '=', issueId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
