/** Conditions on attributes. All values are texts; those that are no number, date or yes or no meet no condition. */
import { type RawBuilder, sql } from 'kysely';
import { type DayContext, dayText } from './days.ts';
import type { AttributeType, Filter } from './filter.ts';
import { signOf, textTest } from './text-test.ts';
import { DAY_SQL, FALSE_WORDS, NUMBER_SQL, TRUE_WORDS } from './values.ts';

type Sql = RawBuilder<unknown>;
type AttributeFilter = Filter & { kind: 'attribute' };

export function attributeCondition(filter: AttributeFilter, context: DayContext): Sql {
  const value = sql`(p.attributes ->> ${filter.name}::text)`;
  if (filter.operator === 'set') return sql`coalesce(${value} <> '', false)`;
  return byType[filter.type](value, filter, context);
}

type Test = (value: Sql, filter: AttributeFilter, context: DayContext) => Sql;

const byType: Readonly<Record<AttributeType, Test>> = {
  text: (value, { operator, values }) => textTest(value, operator, values),
  number: (value, { operator, values }) => {
    const number = sql`CASE WHEN ${value} ~ ${sql.lit(NUMBER_SQL)} THEN ${value}::numeric END`;
    if (operator === '=') return sql`coalesce(${number} = ANY(${[...values]}::numeric[]), false)`;
    return sql`coalesce(${number} ${signOf(operator)} ${values[0]}::numeric, false)`;
  },
  boolean: (value, { values }) => {
    const words = values.flatMap((one) => (one === 'true' ? TRUE_WORDS : FALSE_WORDS));
    return sql`coalesce(lower(btrim(${value})) = ANY(${words}::text[]), false)`;
  },
  date: dateTest,
};

/** Compares texts, so that a date that does not exist is no error. */
function dateTest(value: Sql, { operator, values }: AttributeFilter, context: DayContext): Sql {
  const day = sql`CASE WHEN ${value} ~ ${sql.lit(DAY_SQL)}
    THEN translate(left(btrim(${value}), 10), '/.', '--') COLLATE "C" END`;
  const days = values.map((one) => dayText(one, context));
  if (operator === 'within')
    return sql`coalesce(${day} BETWEEN ${dayText(`-${values[0]}`, context)} AND ${dayText('-0', context)}, false)`;
  if (operator === '=') return sql`coalesce(${day} IN (${sql.join(days)}), false)`;
  return sql`coalesce(${day} ${signOf(operator)} ${days[0]}, false)`;
}
