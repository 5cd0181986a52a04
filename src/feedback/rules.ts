/** The operator's rules: rows of the database that correct how a report is classified. */
import type { Db } from '../db/connection.ts';
import type { FeedbackClass, RecipientReport } from './report.ts';

export interface FeedbackRule {
  fromClass: string | null;
  reason: string | null;
  /** A status begins with it. */
  status: string | null;
  lane: string | null;
  /** The diagnostic contains it, in any case. */
  words: string | null;
  class: FeedbackClass;
}

/** The newest first: it wins. */
export async function readRules(db: Db): Promise<FeedbackRule[]> {
  const rows = await db
    .selectFrom('feedback_rules')
    .select(['from_class as fromClass', 'reason', 'status', 'lane', 'words', 'class'])
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, class: row.class as FeedbackClass }));
}

export function byRules<R extends RecipientReport>(
  rules: readonly FeedbackRule[],
  report: R,
  lane: string | null,
): R {
  const rule = rules.find((one) => fits(one, report, lane));
  return rule ? { ...report, class: rule.class } : report;
}

function fits(rule: FeedbackRule, report: RecipientReport, lane: string | null): boolean {
  return (
    (rule.fromClass === null || rule.fromClass === report.class) &&
    (rule.reason === null || rule.reason === report.reason) &&
    (rule.status === null || (report.status?.startsWith(rule.status) ?? false)) &&
    (rule.lane === null || rule.lane === lane) &&
    (rule.words === null || (report.diagnostic?.toLowerCase().includes(rule.words.toLowerCase()) ?? false))
  );
}
