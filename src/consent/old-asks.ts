/** Asks for a confirmation outlive the budgets that count them by an hour: they name people who may never have said yes. */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { CAPS } from './caps.ts';

const PAGE = 10_000;

const LONGEST_HOURS = Math.max(
  ...Object.values(CAPS)
    .flat()
    .map(({ hours }) => hours),
);

/** An ask that is being taken counts from the beginning of its transaction. */
const MARGIN_HOURS = 1;

/**
 * Deletes what no budget counts any more, of the first `page` rows, and says how many: numbers are given out in the
 * order of time, so the old ones are at the front, and a backlog goes away page by page.
 */
export async function forgetOldAsks(db: Db, page = PAGE): Promise<number> {
  const result = await sql`
    DELETE FROM confirmation_requests WHERE id = ANY(ARRAY(
      SELECT id FROM (SELECT id, at FROM confirmation_requests ORDER BY id LIMIT ${page}::int) AS first
      WHERE at < clock_timestamp() - make_interval(hours => ${LONGEST_HOURS + MARGIN_HOURS}::int)))`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}
