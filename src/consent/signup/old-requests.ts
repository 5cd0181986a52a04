/** Deletes confirmation requests that no budget counts any more: they name people who may never have said yes. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { BUDGETS } from './budgets.ts';

const PAGE_ROWS = 10_000;

const MAX_BUDGET_HOURS = Math.max(
  ...Object.values(BUDGETS)
    .flat()
    .map(({ hours }) => hours),
);

/** A request counts from the beginning of its transaction, which may take a while. */
const MARGIN_HOURS = 1;

/**
 * Deletes the old ones among the first `page` rows and returns how many those were. Ids are assigned in the order of
 * time, so the old rows come first, and a backlog goes away page by page.
 */
export async function deleteOldRequests(db: Db, page = PAGE_ROWS): Promise<number> {
  const result = await sql`
    DELETE FROM confirmation_requests WHERE id = ANY(ARRAY(
      SELECT id FROM (SELECT id, at FROM confirmation_requests ORDER BY id LIMIT ${page}::int) AS first
      WHERE at < clock_timestamp() - make_interval(hours => ${MAX_BUDGET_HOURS + MARGIN_HOURS}::int)))`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}
