/**
 * A database that was restored from a dump, or cloned, does not know what was sent since. So a worker that starts
 * looks whether it is in the database that the last one was in; in another one every send asks a person first, also
 * one whose moment is still to come: the original may be alive, and send it too. Where the dump has cut a plan in two,
 * the rest of it is planned as unknown when the send is resumed: the original has planned them, too. A copy of the server's files cannot
 * be told from the original; there the rule holds that a send which nobody served for over an hour asks.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { type DatabaseIdentity, identify } from '../db/installation.ts';
import { UNSERVED_MS } from './send-settings.ts';

const NAME = 'database';

/** Returns the issues that this call paused. */
export async function pauseInCopy(db: Db): Promise<number[]> {
  return db.transaction().execute(async (trx) => {
    const here = await identify(trx);
    await sql`INSERT INTO installation (name, value) VALUES (${NAME}, ${JSON.stringify(here)}::jsonb) ON CONFLICT DO NOTHING`.execute(
      trx,
    );
    const { value } = await trx
      .selectFrom('installation')
      .select('value')
      .where('name', '=', NAME)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (isSame(value as DatabaseIdentity, here)) return [];
    await trx
      .updateTable('installation')
      .set({ value: JSON.stringify(here) })
      .where('name', '=', NAME)
      .execute();
    const { rows } = await sql<{ id: number }>`
      UPDATE issues SET state = 'paused', paused_by = 'postrider', paused_at = clock_timestamp(), updated_at = clock_timestamp(),
        plan_as_unknown = plan_moment IS NOT NULL AND NOT plan_done,
        reason = 'restored: this database is a copy, so it may not know of everybody whom this send has reached; compare with the log of the relay (issue reconcile --relay-log), then resume it, or cancel it'
      WHERE state IN ('sending', 'scheduled') RETURNING id`.execute(trx);
    await sql`UPDATE issues SET plan_as_unknown = true WHERE state = 'paused' AND plan_moment IS NOT NULL AND NOT plan_done`.execute(
      trx,
    );
    return rows.map((row) => row.id);
  });
}

const isSame = (before: DatabaseIdentity, now: DatabaseIdentity): boolean =>
  before.database === now.database &&
  (before.cluster === now.cluster || before.cluster === null || now.cluster === null);

/** Pauses running sends that no worker served for over an hour. Returns the issues that this call paused. */
export async function pauseUnserved(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    UPDATE issues SET state = 'paused', paused_by = 'postrider', paused_at = clock_timestamp(),
      reason = 'not-served: no worker served this send for over an hour; is this a restored or cloned database? Resume it if it should go on'
    WHERE state = 'sending' AND served_at < clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'
    RETURNING id`.execute(db);
  return rows.map((row) => row.id);
}

/** Notes that a worker is alive for every running send, including those with nothing to do right now. */
export async function noteServed(db: Db): Promise<void> {
  await sql`UPDATE issues SET served_at = clock_timestamp() WHERE state = 'sending'`.execute(db);
}
