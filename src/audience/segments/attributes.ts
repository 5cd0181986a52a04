/**
 * The attributes that readers of a newsletter have, and their types. A type is inferred from the values that came in
 * (`text` as soon as two do not agree), unless somebody has declared it. Values stay texts.
 */
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';
import type { AttributeType } from '../../segment/filter.ts';
import { typeOf } from '../../segment/values.ts';
import { readAttributeName } from '../fields/attribute-name.ts';

export interface KnownAttribute {
  name: string;
  type: AttributeType;
  declared: boolean;
}

export async function knownAttributes(db: Db, newsletterId: number): Promise<KnownAttribute[]> {
  return db
    .selectFrom('attributes')
    .select(['name', 'type', 'declared'])
    .where('newsletter_id', '=', newsletterId)
    .orderBy('name')
    .execute();
}

/** How segments of the newsletter read the attribute from now on. `given` null: by its values again. */
export async function declareAttribute(
  db: Db,
  newsletterId: number,
  name: string,
  given: AttributeType | null,
): Promise<KnownAttribute> {
  const type = given ?? (await inferredType(db, newsletterId, readAttributeName(name)));
  const attribute = { name: readAttributeName(name), type, declared: given !== null };
  await db
    .insertInto('attributes')
    .values({ newsletter_id: newsletterId, ...attribute })
    .onConflict((conflict) =>
      conflict.columns(['newsletter_id', 'name']).doUpdateSet((row) => ({
        type: row.ref('excluded.type'),
        declared: row.ref('excluded.declared'),
      })),
    )
    .execute();
  return attribute;
}

const MAX_VALUES = 10_000;

async function inferredType(db: Db, newsletterId: number, name: string): Promise<AttributeType> {
  const { rows } = await sql<{ value: string }>`
    SELECT p.attributes ->> ${name}::text AS value FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    WHERE s.newsletter_id = ${newsletterId} AND p.attributes ? ${name}::text LIMIT ${MAX_VALUES}`.execute(db);
  return rows.map(({ value }) => typeOf(value)).reduce<AttributeType | null>(common, null) ?? 'text';
}

const common = (known: AttributeType | null, type: AttributeType): AttributeType =>
  known === null || known === type ? type : 'text';

type Attributes = Readonly<Record<string, string>>;

/** Types of the attributes in rows that come in; remembers what was written, since most rows bring nothing new. */
export class AttributeTypes {
  readonly #newsletterId: number;
  readonly #types = new Map<string, AttributeType>();
  #changed = new Map<string, AttributeType>();

  constructor(newsletterId: number) {
    this.#newsletterId = newsletterId;
  }

  add(attributes: Attributes): void {
    for (const name in attributes) {
      const known = this.#types.get(name);
      if (known === 'text') continue;
      const type = common(known ?? null, typeOf(attributes[name] ?? ''));
      if (type === known) continue;
      this.#types.set(name, type);
      this.#changed.set(name, type);
    }
  }

  get found(): ReadonlyMap<string, AttributeType> {
    return this.#types;
  }

  /** In the order of the names, so that two imports never deadlock. */
  async write(trx: Trx): Promise<void> {
    if (this.#changed.size === 0) return;
    const rows = [...this.#changed].sort(([a], [b]) => (a < b ? -1 : 1));
    await sql`INSERT INTO attributes AS a (newsletter_id, name, type)
      SELECT ${this.#newsletterId}, r.name, r.type
      FROM unnest(${rows.map(([name]) => name)}::text[], ${rows.map(([, type]) => type)}::text[]) AS r(name, type)
      ON CONFLICT (newsletter_id, name) DO UPDATE SET type = 'text'
      WHERE NOT a.declared AND a.type NOT IN ('text', excluded.type)`.execute(trx);
    this.#changed = new Map();
  }
}
