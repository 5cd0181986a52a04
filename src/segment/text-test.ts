/** Tests of texts in the conditions of a segment, as SQL. Upper and lower case are the same. */
import { type RawBuilder, sql } from 'kysely';
import type { Operator } from './expression.ts';

type Sql = RawBuilder<unknown>;

/** False where the text is null. */
export function textTest(text: Sql, operator: Operator, values: readonly string[]): Sql {
  const folded = values.map((value) => value.toLowerCase());
  const literal = (folded[0] ?? '').replace(/[\\%_]/g, '\\$&');
  const like = (pattern: string) => sql`coalesce(lower(${text}) LIKE ${pattern}, false)`;
  switch (operator) {
    case 'set':
      return sql`coalesce(${text} <> '', false)`;
    case 'contains':
      return like(`%${literal}%`);
    case 'starts with':
      return like(`${literal}%`);
    case 'ends with':
      return like(`%${literal}`);
    default:
      return sql`coalesce(lower(${text}) = ANY(${folded}::text[]), false)`;
  }
}

/** The same sign in SQL. */
export function signOf(operator: Operator): Sql {
  const signs: readonly Operator[] = ['<', '<=', '>', '>='];
  return sql.raw(signs.includes(operator) ? operator : '=');
}
