/**
 * Every move of deliveries is one conditional UPDATE, and every creation one INSERT, built here. No other statement may
 * set the state of a delivery, except the hot path's (mark-and-settle.ts) and the functions in
 * db/functions/unsubscribe.ts; tests/project/delivery-moves.test.ts checks that.
 */
import { type RawBuilder, sql } from 'kysely';
import type { DeliveryReason } from './reasons.ts';
import { fromStatesSql, type InitialState, type Move, type Target } from './transitions.ts';

type Sql = RawBuilder<unknown>;

interface MoveParts {
  /** Why the delivery is in this state; null: it needs no reason. */
  reason: Sql | DeliveryReason | null;
  /** When it is to be visited again; null: not on its own. */
  dueAt: Sql | null;
  /** Further assignments. */
  set?: Sql;
  /** Further FROM items of the statement. */
  from?: Sql;
  /** Which deliveries `d`; their state is checked already. */
  where: Sql;
  returning?: Sql;
}

/** `UPDATE deliveries d`, for a statement or a CTE. It moves only rows whose state allows this move. */
export function moveDeliveries<M extends Move>(move: M, to: Target<M>, parts: MoveParts): Sql {
  const { reason, dueAt, set, from, where, returning } = parts;
  return sql`
    UPDATE deliveries d SET state = ${sql.lit(to)}, reason = ${reason}, due_at = ${dueAt ?? sql`NULL`},
      moved_at = clock_timestamp()${set ? sql`, ${set}` : sql``}
    ${from ? sql`FROM ${from}` : sql``}
    WHERE d.state IN (${sql.raw(fromStatesSql(move, to))}) AND ${where}
    ${returning ? sql`RETURNING ${returning}` : sql``}`;
}

interface NewDeliveries {
  /** Further columns, each with a comma after it; `values` begins with theirs. */
  columns?: Sql;
  /** issue_id, kind, key, newsletter_id, subscriber_id, subscription_id, email, lane, due_at */
  values: Sql;
  from?: Sql;
  returning: Sql;
}

/** `INSERT INTO deliveries`. A person who already has a row of the issue keeps it. */
export function insertDeliveries(
  state: InitialState,
  reason: DeliveryReason | null,
  rows: NewDeliveries,
): Sql {
  return sql`
    INSERT INTO deliveries (state, reason, ${rows.columns ?? sql``} issue_id, kind, key, newsletter_id, subscriber_id, subscription_id, email, lane, due_at)
    SELECT ${sql.lit(state)}::delivery_state, ${reason}::text, ${rows.values} ${rows.from ? sql`FROM ${rows.from}` : sql``}
    ON CONFLICT (issue_id, kind, key) DO NOTHING
    RETURNING ${rows.returning}`;
}
