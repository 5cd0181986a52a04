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
import type { Reason } from '../issue/reason.ts';
import { eachDue } from '../issue/state.ts';
import { pause } from './pause.ts';

const NAME = 'database';

const RESTORED: Reason = {
  code: 'restored',
  detail:
    'this database is a copy, so it may not know of everybody whom this send has reached; compare with the log of the relay (issue reconcile --relay-log), then resume it, or cancel it',
};

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
    const paused = await eachDue(trx, sql`i.state IN ('sending', 'scheduled')`, (_, id) =>
      pause(trx, id, 'postrider', RESTORED),
    );
    await sql`
      UPDATE sends s SET plan_as_unknown = true FROM issues i
      WHERE i.id = s.issue_id AND i.state = 'paused' AND s.plan_moment IS NOT NULL AND NOT s.plan_done`.execute(
      trx,
    );
    return paused;
  });
}

const isSame = (before: DatabaseIdentity, now: DatabaseIdentity): boolean =>
  before.database === now.database &&
  (before.cluster === now.cluster || before.cluster === null || now.cluster === null);
