/** Deletes requests that no budget counts any more. */
import { sql } from 'kysely';
import type { Db } from '../../db/connection.ts';
import { BUDGETS, UNANSWERED_HOURS } from './budgets.ts';

const PAGE_ROWS = 10_000;

const MAX_BUDGET_HOURS = Math.max(
  ...Object.values(BUDGETS)
    .flat()
    .map(({ hours }) => hours),
);

/** A request counts from the beginning of its transaction, which may take a while. */
const MARGIN_HOURS = 1;

/** Deletes up to a page of them, the oldest first, and returns how many: what was answered goes sooner. */
export async function deleteOldRequests(db: Db, page = PAGE_ROWS): Promise<number> {
  const before = (hours: number) =>
    sql`clock_timestamp() - make_interval(hours => ${hours + MARGIN_HOURS}::int)`;
  const result = await sql`
    DELETE FROM confirmation_requests WHERE id = ANY(ARRAY(
      (SELECT id FROM confirmation_requests WHERE answered AND at < ${before(MAX_BUDGET_HOURS)}
        ORDER BY at LIMIT ${page}::int)
      UNION ALL
      (SELECT id FROM confirmation_requests WHERE NOT answered AND at < ${before(UNANSWERED_HOURS)}
        ORDER BY at LIMIT ${page}::int)
      LIMIT ${page}::int))`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}
