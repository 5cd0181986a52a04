/** What an operator decides about addresses that a provider suddenly called unknown. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { waitWhileInFlight } from '../ledger/unsubscribe-guard.ts';
import type { FeedbackContext } from './apply-report.ts';
import { suppressPerson } from './suppress-person.ts';

interface Quarantined {
  report: number;
  source: string;
  issue: number;
  delivery: number;
  subscriber: number;
  identity: string;
}

/** The provider was right: suppresses them, one by one. Returns how many people. */
export async function suppressQuarantined(context: FeedbackContext, lane: string | null): Promise<number> {
  const { db, keys, clock } = context;
  const quarantined = await readQuarantined(db, lane);
  for (const one of quarantined) {
    await db.transaction().execute(async (trx) => {
      await suppressPerson(trx, keys, { ...one, source: `${one.source} report ${one.report}` }, 'bounce');
      await sql`UPDATE feedback_reports SET action = 'suppressed' WHERE id = ${one.report}`.execute(trx);
    });
    const optOut = { subscriberId: one.subscriber, newsletterId: null };
    await waitWhileInFlight(db, clock, optOut, 'bounce');
  }
  return quarantined.length;
}

/** The provider was wrong: they stay readers. Returns how many reports. */
export async function discardQuarantined(db: Db, lane: string | null): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE feedback_reports SET action = 'discarded'
    WHERE action = 'quarantined' AND (${lane}::text IS NULL OR lane = ${lane})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

async function readQuarantined(db: Db, lane: string | null): Promise<Quarantined[]> {
  const { rows } = await sql<Quarantined>`
    SELECT DISTINCT ON (p.id) r.id AS report, r.source, r.issue_id AS issue, r.delivery_id AS delivery,
      p.id AS subscriber, p.identity
    FROM feedback_reports r JOIN subscribers p ON p.id = r.subscriber_id
    WHERE r.action = 'quarantined' AND (${lane}::text IS NULL OR r.lane = ${lane})
    ORDER BY p.id, r.id`.execute(db);
  return rows;
}
