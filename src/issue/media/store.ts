/** Stores pictures by the hash of their bytes, so that a picture is stored once for all issues. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db, Trx } from '../../db/connection.ts';

/** A picture of an issue, or a calendar file (`../calendar/calendar-files.ts`). */
export interface Medium {
  /** SHA-256 of the stored bytes, hex. */
  hash: string;
  type: string;
  /** Null for a picture that is in the database already. */
  bytes: Buffer | null;
  /** In px, null if unknown. */
  width: number | null;
  height: number | null;
}

interface Size {
  width: number;
  height: number;
}

export const mediumOf = (shaped: Omit<Medium, 'hash'> & { bytes: Buffer }): Medium => ({
  ...shaped,
  hash: createHash('sha256').update(shaped.bytes).digest('hex'),
});

/** Null if it was never measured. */
export function sizeOf(medium: Pick<Medium, 'width' | 'height'> | undefined): Size | null {
  if (!medium?.width || !medium.height) return null;
  return { width: medium.width, height: medium.height };
}

/** Stores those that are not in the database yet. */
export async function storeMedia(trx: Trx, media: Iterable<Medium>): Promise<void> {
  for (const { hash, type, bytes, width, height } of media) {
    if (bytes === null) continue;
    await trx
      .insertInto('media')
      .values({ hash, type, bytes, width, height })
      .onConflict((conflict) => conflict.column('hash').doNothing())
      .execute();
  }
}

/** Without their bytes, by hash. */
export async function findMedia(db: Db, hashes: readonly string[]): Promise<Map<string, Medium>> {
  if (hashes.length === 0) return new Map();
  const rows = await db
    .selectFrom('media')
    .select(['hash', 'type', 'width', 'height'])
    .where('hash', 'in', hashes)
    .execute();
  return new Map(rows.map((row) => [row.hash, { ...row, bytes: null }]));
}

/** How many bytes each of them has, by hash. */
export async function weighMedia(db: Db, hashes: readonly string[]): Promise<Map<string, number>> {
  if (hashes.length === 0) return new Map();
  const rows = await db
    .selectFrom('media')
    .select(['hash', sql<number>`length(bytes)`.as('size')])
    .where('hash', 'in', hashes)
    .execute();
  return new Map(rows.map(({ hash, size }) => [hash, size]));
}

/** The source and pictures of the last import or correction; undefined when no issue has that name yet. */
export function findImported(
  db: Db,
  newsletterId: number,
  slug: string,
): Promise<{ state: string; source: string; media: Record<string, string> } | undefined> {
  return db
    .selectFrom('issues')
    .leftJoin('corrections', 'corrections.issue_id', 'issues.id')
    .select((row) => [
      'state',
      row.fn.coalesce('corrections.source', 'issues.source').as('source'),
      row.fn.coalesce('corrections.media', 'issues.media').as('media'),
    ])
    .where('newsletter_id', '=', newsletterId)
    .where('slug', '=', slug)
    .executeTakeFirst();
}

/** Whether both have the same pictures under the same addresses. */
export const sameMedia = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([url, hash]) => b[url] === hash);

/** The value of the column `media`: the address in the source -> the hash. */
export const hashesOf = (media: ReadonlyMap<string, Medium>): Record<string, string> =>
  Object.fromEntries([...media].map(([url, { hash }]) => [url, hash]));
