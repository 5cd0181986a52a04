/** Gives and takes tags of a newsletter's subscribers. */
import { type RawBuilder, sql } from 'kysely';
import { readAddress } from '../consent/identity.ts';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { inSegment } from '../segment/condition.ts';
import type { Segment } from '../segment/filter.ts';
import { MAX_TAGS, readTag } from './fields/tags.ts';

export interface TagChange {
  add: readonly string[];
  remove: readonly string[];
}

/** `unchanged` have the tags already, or would have more than 100. */
export interface TagResult {
  changed: number;
  unchanged: number;
}

/** Subscribers in any state. Throws Refused('not-subscribed') if one of them never subscribed: nothing changes then. */
export async function tagAddresses(
  db: Db,
  newsletterId: number,
  addresses: readonly string[],
  change: TagChange,
): Promise<TagResult> {
  const identities = [...new Set(addresses.map((address) => readAddress(address).identity))];
  const { rows } = await sql<{
    id: number;
  }>`SELECT s.id FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
    WHERE s.newsletter_id = ${newsletterId} AND p.identity = ANY(${identities}::text[])`.execute(db);
  if (rows.length < identities.length)
    throw new Refused(
      'not-subscribed',
      `${identities.length - rows.length} of these ${identities.length} addresses never subscribed to this newsletter; nothing was changed`,
    );
  return update(
    db,
    rows.map(({ id }) => id),
    tagsOf(change),
  );
}

const PAGE = 5_000;

/** Confirmed readers, page by page, so that nobody who subscribes or leaves waits for all of them. */
export async function tagSegment(
  db: Db,
  newsletterId: number,
  segment: Segment,
  change: TagChange,
): Promise<TagResult> {
  const tags = tagsOf(change);
  const result = { changed: 0, unchanged: 0 };
  const moment = new Date();
  for (let after = 0; ; ) {
    const { rows } = await sql<{ id: number; meets: boolean }>`
      SELECT s.id, ${inSegment(segment, sql`${moment}::timestamptz`)} AS meets
      FROM subscriptions s JOIN subscribers p ON p.id = s.subscriber_id
      WHERE s.newsletter_id = ${newsletterId} AND s.state = 'confirmed' AND s.id > ${after}
      ORDER BY s.id LIMIT ${PAGE}`.execute(db);
    if (rows.length === 0) return result;
    const page = await update(
      db,
      rows.filter(({ meets }) => meets).map(({ id }) => id),
      tags,
    );
    result.changed += page.changed;
    result.unchanged += page.unchanged;
    after = rows.at(-1)!.id;
  }
}

/** The tags of the row after the change. */
const tagsOf = ({ add, remove }: TagChange): RawBuilder<unknown> => sql`ARRAY(
  SELECT DISTINCT t FROM unnest(s.tags || ${add.map(readTag)}::text[]) AS t
  WHERE t <> ALL(${remove.map(readTag)}::text[]) ORDER BY t)`;

async function update(db: Db, ids: readonly number[], tags: RawBuilder<unknown>): Promise<TagResult> {
  if (ids.length === 0) return { changed: 0, unchanged: 0 };
  const { rows } = await sql`UPDATE subscriptions s SET tags = ${tags}
    WHERE s.id = ANY(${[...ids]}::bigint[]) AND s.tags <> ${tags} AND cardinality(${tags}) <= ${MAX_TAGS}
    RETURNING s.id`.execute(db);
  return { changed: rows.length, unchanged: ids.length - rows.length };
}
