/** Segments that a newsletter keeps under a name. */
import type { Db } from '../../db/connection.ts';
import { Refused } from '../../errors.ts';

export interface StoredSegment {
  name: string;
  expression: string;
}

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_-]{0,63}$/u;

/** Null when there is none. */
export async function segmentNamed(
  db: Db,
  newsletterId: number,
  name: string,
): Promise<StoredSegment | null> {
  if (!NAME.test(name)) return null;
  const row = await db
    .selectFrom('segments')
    .select(['name', 'expression'])
    .where('newsletter_id', '=', newsletterId)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ?? null;
}

/** By name. */
export async function listSegments(db: Db, newsletterId: number): Promise<StoredSegment[]> {
  return db
    .selectFrom('segments')
    .select(['name', 'expression'])
    .where('newsletter_id', '=', newsletterId)
    .orderBy('name')
    .execute();
}

export const segmentNames = async (db: Db, newsletterId: number): Promise<string[]> =>
  (await listSegments(db, newsletterId)).map(({ name }) => name);

/** `expression` has been resolved before. `replace`: a segment of that name may exist. Returns whether it did. */
export async function storeSegment(
  db: Db,
  newsletterId: number,
  { name, expression }: StoredSegment,
  replace: boolean,
): Promise<'created' | 'updated'> {
  if (!NAME.test(name))
    throw new Refused(
      'bad-segment-name',
      `expected a name of up to 64 letters, digits, "_" and "-", found "${name.slice(0, 80)}"`,
    );
  const known = await segmentNamed(db, newsletterId, name);
  if (known && !replace)
    throw new Refused(
      'segment-exists',
      `there is a segment "${name}" already: ${known.expression}; --replace changes it`,
    );
  await db
    .insertInto('segments')
    .values({ newsletter_id: newsletterId, name, expression })
    .onConflict((conflict) => conflict.columns(['newsletter_id', 'name']).doUpdateSet({ expression }))
    .execute();
  return known ? 'updated' : 'created';
}

/** False: there was none. Sends that were ordered with it keep their expression. */
export async function deleteSegment(db: Db, newsletterId: number, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('segments')
    .where('newsletter_id', '=', newsletterId)
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
