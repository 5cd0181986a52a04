/** Days in the conditions of a segment, as SQL. */
import { type RawBuilder, sql } from 'kysely';

type Sql = RawBuilder<unknown>;

export interface DayContext {
  /** Days ago count from here. */
  moment: Sql;
  /** A day begins at midnight there. */
  timezone: string;
}

/** `2026-11-23`, or `-30` for so many days before the moment, as a `date`. */
const dateOf = (value: string, { moment, timezone }: DayContext): Sql =>
  value.startsWith('-')
    ? sql`((${moment} AT TIME ZONE ${timezone}::text)::date - ${Number(value.slice(1))}::int)`
    : sql`${value}::date`;

/** The moment at which the day begins, or the day that is `later` days after it. */
export const beginOf = (value: string, context: DayContext, later = 0): Sql =>
  sql`((${dateOf(value, context)} + ${later}::int)::timestamp AT TIME ZONE ${context.timezone}::text)`;

/** As the text that sorts like the day. */
export const dayText = (value: string, context: DayContext): Sql =>
  sql`(to_char(${dateOf(value, context)}, 'YYYY-MM-DD') COLLATE "C")`;
