/**
 * A send that no worker worked on for over an hour needs a person's approval before it continues: the database may have
 * been restored or cloned, and the original may have sent it meanwhile.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import type { Reason } from '../issue/reason.ts';
import { eachDue } from '../issue/state.ts';
import { pause } from './pause.ts';

/** A send that was not served for longer than this needs a person's approval. */
export const UNSERVED_MS = 3_600_000;

const UNSERVED: Reason = {
  code: 'not-served',
  detail:
    'no worker served this send for over an hour; is this a restored or cloned database? Resume it if it should continue',
};

/** Returns the issues that this call paused. */
export async function pauseUnserved(db: Db): Promise<number[]> {
  const due = sql`i.state = 'sending' AND s.served_at < clock_timestamp() - ${UNSERVED_MS} * interval '1 millisecond'`;
  return eachDue(db, due, (trx, id) => pause(trx, id, 'postrider', UNSERVED));
}

/** A worker is alive: records that all sending issues are served. */
export async function noteServed(db: Db): Promise<void> {
  await sql`UPDATE sends s SET served_at = clock_timestamp() FROM issues i WHERE i.id = s.issue_id AND i.state = 'sending'`.execute(
    db,
  );
}
