/**
 * A segment as a condition on subscription `s` and subscriber `p`. Every value is bound. A condition is true or false and
 * never null: a reader without the attribute does not meet it, so `not city = Berlin` and `city != Berlin` include them.
 */
import { type RawBuilder, sql } from 'kysely';
import { attributeCondition } from './attribute-condition.ts';
import { beginOf, type DayContext } from './days.ts';
import type { Filter, Segment } from './filter.ts';
import { textTest } from './text-test.ts';

type Sql = RawBuilder<unknown>;

/** Null: everybody. `moment`: days ago count from here. */
export const inSegment = (segment: Segment | null, moment: Sql = sql`clock_timestamp()`): Sql =>
  segment === null ? sql`true` : condition(segment.filter, { moment, timezone: segment.timezone });

function condition(filter: Filter, context: DayContext): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const parts = filter.of.map((one) => condition(one, context));
      return sql`(${sql.join(parts, filter.kind === 'and' ? sql` AND ` : sql` OR `)})`;
    }
    case 'not':
      return sql`(NOT ${condition(filter.of, context)})`;
    case 'got':
      return sql`EXISTS (SELECT FROM deliveries g WHERE g.issue_id = ${filter.issue} AND g.kind = 'issue'
        AND g.key = p.identity AND g.state = 'accepted')`;
    case 'attribute':
      return attributeCondition(filter, context);
    case 'field':
      return fieldCondition(filter, context);
    default:
      return filter satisfies never;
  }
}

type FieldFilter = Filter & { kind: 'field' };

function fieldCondition(filter: FieldFilter, context: DayContext): Sql {
  const { field, operator, values } = filter;
  switch (field) {
    case 'tag':
      return tagCondition(filter);
    case 'confirmed':
      return sql`coalesce(${confirmedCondition(filter, context)}, false)`;
    case 'language':
      return operator === '=' ? languageCondition(values) : textTest(sql`p.language`, operator, values);
    case 'domain':
      return textTest(sql`split_part(p.identity, '@', 2)`, operator, values);
    case 'email':
      return textTest(sql`p.identity`, operator, values);
    case 'name':
      return textTest(sql`p.name`, operator, values);
    case 'timezone':
      return textTest(sql`p.timezone`, operator, values);
    default:
      return field satisfies never;
  }
}

/** Tags are stored in lower case. */
function tagCondition({ operator, values }: FieldFilter): Sql {
  if (operator === 'set') return sql`(s.tags <> '{}')`;
  // The first condition is that of the index.
  if (operator === '=') return sql`(s.tags <> '{}' AND s.tags && ${[...values]}::text[])`;
  return sql`EXISTS (SELECT FROM unnest(s.tags) AS t(tag) WHERE ${textTest(sql`t.tag`, operator, values)})`;
}

/** `de` covers `de-AT`. */
function languageCondition(values: readonly string[]): Sql {
  const tags = values.map((value) => value.toLowerCase());
  return sql`coalesce(lower(p.language) = ANY(${tags}::text[])
    OR lower(split_part(p.language, '-', 1)) = ANY(${tags}::text[]), false)`;
}

function confirmedCondition({ operator, values }: FieldFilter, context: DayContext): Sql {
  const first = values[0] ?? '';
  switch (operator) {
    case '<':
      return sql`s.confirmed_at < ${beginOf(first, context)}`;
    case '<=':
      return sql`s.confirmed_at < ${beginOf(first, context, 1)}`;
    case '>':
      return sql`s.confirmed_at >= ${beginOf(first, context, 1)}`;
    case '>=':
      return sql`s.confirmed_at >= ${beginOf(first, context)}`;
    case 'within':
      return sql`s.confirmed_at >= ${context.moment} - ${Number(first)}::int * interval '1 day'`;
    case 'set':
      return sql`s.confirmed_at IS NOT NULL`;
    default: {
      const days = values.map(
        (one) =>
          sql`(s.confirmed_at >= ${beginOf(one, context)} AND s.confirmed_at < ${beginOf(one, context, 1)})`,
      );
      return sql.join(days, sql` OR `);
    }
  }
}
