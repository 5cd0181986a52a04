/**
 * Alarms about what comes back. Each is written to the audit log, which `issue status` prints, and to the program's log,
 * once per issue. The auto-pause stops a running send by the newsletter's own limits.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { writeAudit } from '../ledger/audit-log.ts';
import { alarmsOf, alarmText, type FeedbackAlarm } from '../ledger/feedback/alarms.ts';
import { countsOfIssue, sumOf } from '../ledger/feedback/rates.ts';
import type { Log } from '../ports.ts';
import { issueName } from './issue-name.ts';

const ALARM_LOCK = 706_857_436;

export async function raiseAlarms(db: Db, log: Log): Promise<void> {
  for (const issue of await issuesWithFeedback(db)) {
    const lanes = await countsOfIssue(db, issue);
    const alarms = [
      ...alarmsOf(sumOf(lanes)).map((alarm) => ({ alarm, lane: null })),
      ...lanes.flatMap((lane) => alarmsOf(lane).map((alarm) => ({ alarm, lane: lane.name }))),
    ];
    for (const { alarm, lane } of alarms) {
      if (!(await isNew(db, issue, alarm, lane))) continue;
      log.warn(
        { issue: await issueName(db, issue), lane, alarm: alarm.level },
        `what came back endangers the sender: ${alarmText(alarm)}`,
      );
    }
  }
}

/** Only those about which something came back lately: the others' shares cannot have risen. */
async function issuesWithFeedback(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    SELECT DISTINCT r.issue_id AS id FROM feedback_reports r JOIN sends s ON s.issue_id = r.issue_id
    WHERE r.at > now() - interval '1 hour' AND r.class IN ('hard', 'feedback') AND NOT s.rehearsal ORDER BY 1`.execute(
    db,
  );
  return rows.map(({ id }) => id);
}

/** Every worker looks; the first one to see an alarm writes it down. */
async function isNew(db: Db, issueId: number, alarm: FeedbackAlarm, lane: string | null): Promise<boolean> {
  const key = `${alarm.what} ${alarm.level} ${lane ?? 'all'}`;
  return db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${ALARM_LOCK})`.execute(trx);
    const { rows } = await sql`SELECT 1 FROM audit_log
      WHERE issue_id = ${issueId} AND act = 'feedback-alarm' AND details->>'alarm' = ${key}`.execute(trx);
    if (rows.length > 0) return false;
    const { percent, limit } = alarm;
    await writeAudit(trx, {
      who: 'postrider',
      act: 'feedback-alarm',
      issueId,
      details: { alarm: key, percent, limit },
    });
    return true;
  });
}
