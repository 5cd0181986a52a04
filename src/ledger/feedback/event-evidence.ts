/** A provider's event as evidence that it has a mail, or that its reader does. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { acceptByEvidence } from '../evidence.ts';

interface DeliveryId {
  issue: number;
  id: number;
}

/** Moves an unknown, and what waits again after being unknown, to `accepted`; leaves every other state alone. */
export async function acceptByEvent(db: Db, { issue, id }: DeliveryId): Promise<void> {
  await acceptByEvidence(db, issue, [{ id, reply: null }], 'feedback');
}

/**
 * For relays whose 250 is no acceptance: notes on an accepted delivery that the provider reported it delivered. Rows of
 * other relays need no such note, which spares one write per mail.
 */
export async function confirmByEvent(db: Db, { issue, id }: DeliveryId): Promise<void> {
  await sql`
    UPDATE deliveries SET reason = 'feedback'
    WHERE issue_id = ${issue} AND id = ${id} AND state = 'accepted' AND reason IS NULL`.execute(db);
}
