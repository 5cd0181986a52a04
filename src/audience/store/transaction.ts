/** The transaction in which people and suppressions are written. */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { PLAN_LOCK } from '../../ledger/unsubscribe-guard.ts';

/**
 * A transaction during which no page of a plan is written: an unsubscribe at the same moment has either been committed
 * before we look, or sees what we wrote. A dry run is rolled back.
 */
export async function withPlanLock<T>(db: Db, dryRun: boolean, act: (trx: Trx) => Promise<T>): Promise<T> {
  const rollback: { result: T | undefined } = { result: undefined };
  try {
    return await db.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(${PLAN_LOCK})`.execute(trx);
      const result = await act(trx);
      if (!dryRun) return result;
      rollback.result = result;
      throw rollback;
    });
  } catch (error) {
    if (error === rollback) return rollback.result as T;
    throw error;
  }
}
