/**
 * Leaving is final at once. Code that unsubscribes, suppresses or erases somebody does this in one transaction:
 *
 *   1. `lockAgainstPlanning(trx)`, before anything is read: a plan's page writes its rows either before (then we
 *      see and skip them) or after (then it sees that the person is gone);
 *   2. changes the subscription or writes the suppression;
 *   3. `skipWaitingFor(trx, ...)`: what still waits for the person becomes `skipped`.
 *
 * After the commit `waitWhileInFlight` waits for what is being handed over at this moment; only then is the request
 * answered. A join in the mark's condition could read an outdated row, so the deliveries themselves are moved here.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../db/connection.ts';
import type { DeliveryReason } from './moves/reasons.ts';

/** Held shared by people who leave, exclusively by a plan's page: people who leave never wait for each other. */
export const PLAN_LOCK = 706_857_433;

export interface OptOut {
  subscriberId: number;
  /** Null: from every newsletter. */
  newsletterId: number | null;
}

/** What waiting needs of the clock; `Clock` from ports.ts fits. */
interface WaitClock {
  monotonic(): number;
  sleep(ms: number): Promise<void>;
}

export async function lockAgainstPlanning(trx: Trx): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock_shared(${PLAN_LOCK})`.execute(trx);
}

/**
 * Call it before a statement that gives an issue rows to hand over. The issue is locked first, so that a planner that
 * waits for the issue does not yet block anybody who leaves.
 */
export async function lockPlanning(trx: Trx, issueId: number): Promise<void> {
  await sql`SELECT FROM issues WHERE id = ${issueId} FOR UPDATE`.execute(trx);
  await sql`SELECT pg_advisory_xact_lock(${PLAN_LOCK})`.execute(trx);
}

/**
 * Moves the person's waiting deliveries of running sends, and service mails, to `skipped`. True when one of their mails
 * is still on the wire afterwards.
 */
export async function skipWaitingFor(trx: Trx, optOut: OptOut, reason: DeliveryReason): Promise<boolean> {
  const { subscriberId, newsletterId } = optOut;
  const { rows } = await sql<{ in_flight: boolean }>`
    SELECT skip_waiting_deliveries(${subscriberId}, ${newsletterId}, ${reason}) AS in_flight`.execute(trx);
  return rows[0]!.in_flight;
}

/**
 * Resolves when none of the person's mails is being handed over, or after `limitMs`. Deliveries that went back to
 * waiting in the meantime (the relay deferred them) are skipped too.
 */
export async function waitWhileInFlight(
  db: Db,
  clock: WaitClock,
  optOut: OptOut,
  reason: DeliveryReason = 'unsubscribed',
  limitMs = 2_000,
): Promise<void> {
  const until = clock.monotonic() + limitMs;
  if (!(await isInFlight(db, optOut))) return;
  while (clock.monotonic() < until && (await isInFlight(db, optOut))) await clock.sleep(20);
  await db.transaction().execute((trx) => skipWaitingFor(trx, optOut, reason));
}

async function isInFlight(db: Db, { subscriberId, newsletterId }: OptOut): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    SELECT in_flight(${subscriberId}, ${newsletterId}) AS found`.execute(db);
  return rows[0]!.found;
}
