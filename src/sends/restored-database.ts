/**
 * A database that was restored from a dump, or cloned, does not know what has been sent since. So a worker that starts
 * checks whether it is in the same database as the last worker. If not, every send needs a person's approval first,
 * including scheduled ones: the original may still be running and send it too. If the dump was taken in the middle of
 * planning, resuming the send plans the rest as unknown, since the original has planned those people too. A copy of the
 * server's files cannot be told from the original; there the rule applies that a send which nobody served for over an
 * hour needs approval.
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
    'this database is a copy, so it may not know everybody whom this send has reached; compare it with the log of the relay (issue reconcile --relay-log), then resume or cancel the send',
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
