/** Whether an issue is sending now, and how: a worker reads this before it touches one of its lanes. */
import { sql } from 'kysely';
import { type Quiet, quietAt, readQuiet } from '../audience/fields/quiet-hours.ts';
import type { Db } from '../db/connection.ts';
import { SERVICE } from '../ledger/service-mail.ts';
import type { Log } from '../ports.ts';
import { rememberIssueName, SERVICE_NAME } from './issue-name.ts';
import { pauseIssue } from './pause.ts';
import { UNSERVED_MS } from './unserved.ts';

/** `served_at` is updated at most once per this time. */
const NOTED_MS = 60_000;

export interface SendSettings {
  /** For the log: `weekly/2026-11-23`. */
  name: string;
  /** As stored with the issue: one relay, or several with weights. */
  relay: string | null;
  /** The plan was closed or on hold when this was read: a lane found empty after that stays empty. */
  planned: boolean;
  /** The most recently confirmed go first, so nothing is sent before everybody is planned. */
  recentFirst: boolean;
  /** A stored note says what the send waits for. */
  waits: boolean;
  /** Quiet hours by the newsletter's clock; null: none, or each reader has their own. */
  quiet: Quiet | null;
  /** Quiet hours by the reader's clock, or by the newsletter's where the reader's is not known. */
  readersQuiet: { hours: string; timezone: string } | null;
}

const forService: SendSettings = {
  name: SERVICE_NAME,
  relay: null,
  planned: true,
  recentFirst: false,
  waits: false,
  quiet: null,
  readersQuiet: null,
};

interface Needed {
  db: Db;
  log: Log;
}

/**
 * Null when the issue is not sending now. Also records that the issue is served, but not with every wake-up: the row is
 * locked while a page of the plan is written, and the first messages would wait for that lock.
 */
export async function readSendSettings(
  { db }: Pick<Needed, 'db'>,
  issueId: number,
): Promise<SendSettings | null> {
  if (issueId === SERVICE) return forService;
  const { rows } = await sql<Row>`
    SELECT n.slug || '/' || i.slug AS name, s.route AS relay, s.plan_done OR s.plan_on_hold AS planned, s.recent_first AS "recentFirst", s.waits_for IS NOT NULL AS waits,
      s.served_at > clock_timestamp() - ${NOTED_MS} * interval '1 millisecond' AS noted,
      n.quiet, n.quiet_zone AS "quietZone", n.timezone, clock_timestamp() AS now
    FROM issues i JOIN sends s ON s.issue_id = i.id JOIN newsletters n ON n.id = i.newsletter_id
    WHERE i.id = ${issueId} AND i.state = 'sending'
      AND s.served_at > clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'
      AND (s.expires_at IS NULL OR s.expires_at > clock_timestamp())`.execute(db);
  const [row] = rows;
  if (row) rememberIssueName(db, issueId, row.name);
  if (!row || row.noted) return row ? settingsOf(row) : null;
  const { rows: noted } = await sql`
    UPDATE sends s SET served_at = clock_timestamp() FROM issues i
    WHERE i.id = ${issueId} AND s.issue_id = i.id AND i.state = 'sending'
      AND s.served_at > clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'
    RETURNING s.issue_id`.execute(db);
  return noted.length > 0 ? settingsOf(row) : null;
}

interface Row {
  name: string;
  relay: string | null;
  planned: boolean;
  recentFirst: boolean;
  waits: boolean;
  noted: boolean;
  quiet: string | null;
  quietZone: 'newsletter' | 'reader';
  timezone: string;
  now: Date;
}

function settingsOf({
  name,
  relay,
  planned,
  recentFirst,
  waits,
  quiet,
  quietZone,
  timezone,
  now,
}: Row): SendSettings {
  const byReaders = quietZone === 'reader';
  return {
    name,
    relay,
    planned,
    recentFirst,
    waits,
    quiet: quiet === null || byReaders ? null : quietAt(readQuiet(quiet), timezone, now),
    readersQuiet: quiet !== null && byReaders ? { hours: quiet, timezone } : null,
  };
}

export async function pauseForRelay(
  { db, log }: Needed,
  issueId: number,
  { name, relay }: SendSettings,
): Promise<void> {
  const why =
    relay === null
      ? 'no relay is set; give SMTP_URL'
      : `there is no relay named "${relay}" in SMTP_URL any more`;
  if (issueId !== SERVICE) await pauseIssue(db, issueId, 'postrider', { code: 'relay-missing', detail: why });
  log.error({ issue: name }, why);
}
