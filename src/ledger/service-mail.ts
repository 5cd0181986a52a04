/** Service mails are planned in the same ledger, so they have the same life cycle and the same guarantees. */
import { sql } from 'kysely';
import type { Trx } from '../db/connection.ts';
import type { NoticeName } from '../db/schema.ts';
import { insertDeliveries } from './moves/move-deliveries.ts';

/** Service mails belong to no issue; the ledger keeps them under this number. */
export const SERVICE = 0;
export const SERVICE_LANE = 'service';

export type ServiceMail = {
  /** Unique per kind, and per name of a notice: a second mail with the same key is never planned. */
  key: string;
  /** In whose name it is sent. */
  newsletterId: number;
  subscriberId: number;
  subscriptionId: number | null;
  email: string;
  /** The row that a notice is about, where its links need one; the joint key of a confirmation of several newsletters. */
  about?: number;
} & ({ kind: 'confirmation' | 'welcome' } | { kind: 'notice'; notice: NoticeName });

/**
 * Plans one service mail; after its commit the caller wakes workers for `{ issue: SERVICE, lane }` (otherwise the sweep
 * does). Null when a mail with that key was planned before. It is due at once: concurrent transactions commit in any
 * order, so a pass by id could miss it.
 */
export async function planServiceMail(
  trx: Trx,
  mail: ServiceMail,
): Promise<{ id: number; lane: string } | null> {
  const notice = mail.kind === 'notice' ? mail.notice : null;
  const about = mail.about ?? null;
  const key = notice === null ? mail.key : `${notice} ${mail.key}`;
  const { rows } = await sql<{ id: number }>`${insertDeliveries('planned', null, {
    columns: sql`notice, about,`,
    values: sql`${notice}::text, ${about}::bigint, ${SERVICE}::bigint, ${mail.kind}::delivery_kind, ${key}, ${mail.newsletterId}::bigint, ${mail.subscriberId}::bigint,
      ${mail.subscriptionId}::bigint, ${mail.email}, ${SERVICE_LANE}, clock_timestamp()`,
    returning: sql`id`,
  })}`.execute(trx);
  return rows[0] ? { id: rows[0].id, lane: SERVICE_LANE } : null;
}
