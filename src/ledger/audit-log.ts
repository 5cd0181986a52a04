/** Acts that a person is accountable for, such as sending in spite of a failed check. The log is append-only. */
import type { Db, Trx } from '../db/connection.ts';

export interface AuditedAct {
  /** `cli` stands for whoever has access to the command line. */
  who: string;
  /** A stable word, e.g. `send-forced`. */
  act: string;
  issueId: number;
  /** Never contains a reader's address. */
  details: Record<string, unknown>;
}

export interface AuditEntry {
  /** ISO. */
  at: string;
  who: string;
  act: string;
  details: Record<string, unknown>;
}

/** Runs in the transaction of the act itself, so that neither exists without the other. */
export async function writeAudit(trx: Trx, { who, act, issueId, details }: AuditedAct): Promise<void> {
  await trx
    .insertInto('audit_log')
    .values({ who, act, issue_id: issueId, details: JSON.stringify(details) })
    .execute();
}

/** In chronological order. */
export async function auditOf(db: Db, issueId: number): Promise<AuditEntry[]> {
  const rows = await db
    .selectFrom('audit_log')
    .select(['at', 'who', 'act', 'details'])
    .where('issue_id', '=', issueId)
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
