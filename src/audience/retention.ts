/**
 * How long each kind of personal data is kept, and the deletion of what is over. Unconfirmed sign-ups and the requests
 * behind them have times of their own (consent/signup), as has a send's ledger (`newsletter set --keep-ledger`).
 */
import { sql } from 'kysely';
import type { Keys } from '../consent/keys.ts';
import type { Db } from '../db/connection.ts';
import { eraseSubscriber } from './erase.ts';

/** Days; null: for ever. */
export interface Retention {
  /** Consent records of people who were erased: step, wording's version and time. */
  consent: number | null;
  /** Where a consent record came from: hash of the IP, page and browser. */
  origin: number | null;
  /** People who have left every newsletter: they are erased that long after the last leaving. */
  left: number | null;
  /** What people said when they left. */
  reasons: number | null;
  /** Bounces, complaints and other reports. */
  feedback: number | null;
  /** Suppressions that ended or were lifted. */
  suppressions: number | null;
  /** Who forced, paused or cancelled what. */
  audit: number | null;
}

export const defaultRetention: Retention = {
  consent: 5 * 365,
  origin: 365,
  left: 5 * 365,
  reasons: 2 * 365,
  feedback: 400,
  suppressions: 365,
  audit: 5 * 365,
};

/** Rows per statement and run; a larger backlog is continued in the next run. */
const PAGE = 5_000;
/** People per run; each is a few transactions. */
const PEOPLE = 200;

type Rows = Exclude<keyof Retention, 'left'>;

const over = (days: number, column: string) =>
  sql`${sql.ref(column)} < clock_timestamp() - make_interval(days => ${days}::int)`;

/** One page of what is over, by kind. */
const EXPIRED: Record<Rows, (days: number) => ReturnType<typeof sql>> = {
  consent: (days) => sql`DELETE FROM consent_records WHERE id = ANY(ARRAY(
    SELECT id FROM consent_records WHERE subscriber_id IS NULL AND ${over(days, 'at')} ORDER BY id LIMIT ${PAGE}))`,
  origin: (days) => sql`UPDATE consent_records SET ip = NULL, ip_hash = NULL, page = NULL, user_agent = NULL
    WHERE id = ANY(ARRAY(SELECT id FROM consent_records WHERE ${over(days, 'at')}
      AND (ip IS NOT NULL OR ip_hash IS NOT NULL OR page IS NOT NULL OR user_agent IS NOT NULL) ORDER BY at LIMIT ${PAGE}))`,
  reasons: (days) => sql`DELETE FROM leaving_reasons WHERE id = ANY(ARRAY(
    SELECT id FROM leaving_reasons WHERE ${over(days, 'at')} ORDER BY id LIMIT ${PAGE}))`,
  feedback: (days) => sql`DELETE FROM feedback_reports WHERE id = ANY(ARRAY(
    SELECT id FROM feedback_reports WHERE ${over(days, 'at')} ORDER BY id LIMIT ${PAGE}))`,
  // An erasure's row stays: without it an import would bring the person back.
  suppressions: (days) => sql`DELETE FROM suppressions WHERE id = ANY(ARRAY(
    SELECT id FROM suppressions WHERE reason <> 'erased' AND (${over(days, 'until')} OR ${over(days, 'lifted_at')})
    ORDER BY id LIMIT ${PAGE}))`,
  audit: (days) => sql`DELETE FROM audit_log WHERE id = ANY(ARRAY(
    SELECT id FROM audit_log WHERE ${over(days, 'at')} ORDER BY id LIMIT ${PAGE}))`,
};

/** Deletes a page of each kind that is over; returns how many rows of each, where there were any. */
export async function deleteExpired(
  db: Db,
  keys: Keys,
  clock: Parameters<typeof eraseSubscriber>[2],
  retention: Retention,
): Promise<Partial<Record<keyof Retention, number>>> {
  const deleted: Partial<Record<keyof Retention, number>> = {};
  for (const kind of Object.keys(EXPIRED) as Rows[]) {
    const days = retention[kind];
    const result = days === null ? null : await EXPIRED[kind](days).execute(db);
    if (result?.numAffectedRows) deleted[kind] = Number(result.numAffectedRows);
  }
  const { left } = retention;
  const erased = left === null ? 0 : await eraseLeft(db, keys, clock, left);
  return erased > 0 ? { ...deleted, left: erased } : deleted;
}

/** Counted from when we learned of it: an import of an old list brings old dates. */
async function eraseLeft(
  db: Db,
  keys: Keys,
  clock: Parameters<typeof eraseSubscriber>[2],
  days: number,
): Promise<number> {
  const { rows } = await sql<{ email: string }>`
    SELECT p.email FROM subscribers p WHERE ${over(days, 'p.created_at')}
      AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.subscriber_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.subscriber_id = p.id AND (s.state <> 'unsubscribed'
        OR NOT coalesce(${over(days, 's.unsubscribed_at')} AND ${over(days, 's.created_at')}, false)))
    ORDER BY p.id LIMIT ${PEOPLE}`.execute(db);
  for (const { email } of rows) await eraseSubscriber(db, keys, clock, email, 'retention');
  return rows.length;
}
