/**
 * How far an import has come, so that a second run of the same files and options continues where the first was killed
 * and reports what an uninterrupted run would have reported.
 *
 * An import writes in steps, one transaction each, which follow from its files alone. Each step counts itself in its own
 * transaction. A later run reads the files again and leaves out the steps that were committed.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';
import type { StoredCounts } from './report.ts';
import type { ReportLine } from './report-lines.ts';

export class Checkpoint {
  /** Steps that an earlier run committed. */
  readonly earlierSteps: number;
  /** What they counted; null: this is the first run. */
  readonly counts: StoredCounts | null;
  readonly #db: Db;
  readonly #id: number;
  #step = 0;

  private constructor(db: Db, row: { id: number; steps: number; counts: StoredCounts }) {
    this.#db = db;
    this.#id = row.id;
    this.earlierSteps = row.steps;
    this.counts = row.steps > 0 ? row.counts : null;
  }

  /** `db` is one connection, on which the same import is locked out. Throws Refused('import-running'). */
  static async open(db: Db, fingerprint: string): Promise<Checkpoint> {
    await lock(db, fingerprint);
    await sql`DELETE FROM imports WHERE started_at < now() - interval '30 days'`.execute(db);
    const { rows } = await sql<{ id: number; steps: number; counts: StoredCounts }>`
      INSERT INTO imports AS i (fingerprint) VALUES (${fingerprint})
      ON CONFLICT (fingerprint) DO UPDATE SET steps = i.steps RETURNING id, steps, counts`.execute(db);
    return new Checkpoint(db, rows[0]!);
  }

  /** Begins the next step. The lines that it reported if it was committed before; null: it is to be done. */
  async next(): Promise<readonly ReportLine[] | null> {
    this.#step += 1;
    if (this.#step > this.earlierSteps) return null;
    const row = await this.#db
      .selectFrom('import_lines')
      .select('lines')
      .where('import_id', '=', this.#id)
      .where('step', '=', this.#step)
      .executeTakeFirst();
    return (row?.lines ?? []) as ReportLine[];
  }

  /** In the transaction of the step, which need not be flushed: a crash that loses it loses the count of it too. */
  async commit(trx: Trx, counts: StoredCounts, lines: readonly ReportLine[]): Promise<void> {
    await sql`WITH unflushed AS (SELECT set_config('synchronous_commit', 'off', true))
      UPDATE imports SET steps = ${this.#step}, counts = ${JSON.stringify(counts)} FROM unflushed
      WHERE id = ${this.#id}`.execute(trx);
    if (lines.length > 0)
      await trx
        .insertInto('import_lines')
        .values({ import_id: this.#id, step: this.#step, lines: JSON.stringify(lines) })
        .execute();
  }

  /** After the last step: the next import of these files is a new one. Flushed, and with it all steps. */
  async end(): Promise<void> {
    await sql`DELETE FROM imports WHERE id = ${this.#id}`.execute(this.#db);
  }
}

/** The connection of a run that was killed may take a moment to end. */
const LOCK_WAIT = '30s';
const LOCK_NOT_AVAILABLE = '55P03';

async function lock(db: Db, fingerprint: string): Promise<void> {
  try {
    await sql`SELECT set_config('lock_timeout', ${LOCK_WAIT}, false)`.execute(db);
    await sql`SELECT pg_advisory_lock(hashtextextended('import ' || ${fingerprint}, 0))`.execute(db);
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    throw new Refused('import-running', 'the same files are being imported right now; nothing was changed');
  } finally {
    await sql`RESET lock_timeout`.execute(db);
  }
}

/** The connection goes back to its pool. */
export async function unlock(db: Db): Promise<void> {
  await sql`SELECT pg_advisory_unlock_all()`.execute(db);
}
