/** Notes on a delivery what came back about it. It never changes the state: what was accepted stays counted as accepted. */
import { sql } from 'kysely';
import type { Trx } from '../../db/connection.ts';

/** By rising rank: reports come in any order, and only a higher one replaces what is noted. */
const RANKS = ['delivered', 'soft-bounced', 'blocked', 'bounced', 'complained'] as const;
export type DeliveryFeedback = (typeof RANKS)[number];

/**
 * A refusal is no feedback: it is counted as refused already. False when something of the same or a higher rank is noted already.
 */
export async function noteFeedback(
  trx: Trx,
  { issue, id }: { issue: number; id: number },
  feedback: DeliveryFeedback,
): Promise<boolean> {
  const lower = RANKS.slice(0, RANKS.indexOf(feedback));
  const { numAffectedRows } = await sql`
    UPDATE deliveries SET feedback = ${feedback}
    WHERE issue_id = ${issue} AND id = ${id} AND state <> 'refused' AND (feedback IS NULL OR feedback = ANY(${lower}::text[]))`.execute(
    trx,
  );
  return (numAffectedRows ?? 0n) > 0n;
}
