/**
 * A scheduled send: the edition is frozen when the editor presses send, the audience when it starts. All times are
 * the database's clock; whichever worker's sweeper finds it due starts it, one conditional statement, so only once.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import { asOrdered, freezeEdition, notOrdered, type SendOrder } from './start.ts';

/** One that is later than this (no worker was alive) asks a person: the news may be old, the database a copy. */
const MISSED_MS = 3_600_000;

export type When = { at: Date } | { delaySeconds: number };

/** Returns the moment. Throws Refused('issue-not-draft' | 'time-past'), and then nothing has changed. */
export async function scheduleSending(db: Db, order: SendOrder, when: When): Promise<Date> {
  const at = 'at' in when ? when.at : null;
  const delay = 'at' in when ? null : when.delaySeconds;
  return db.transaction().execute(async (trx) => {
    const edition = await freezeEdition(trx, order);
    const { rows } = await sql<{ scheduled_at: Date; past: boolean }>`
      UPDATE issues SET state = 'scheduled', ${asOrdered(order, edition)},
        scheduled_at = coalesce(${at}::timestamptz, clock_timestamp() + ${delay}::int * interval '1 second'),
        updated_at = clock_timestamp()
      WHERE id = ${order.issueId}
      RETURNING scheduled_at, scheduled_at <= clock_timestamp() AS past`.execute(trx);
    const { scheduled_at, past } = rows[0]!;
    if (!past) return scheduled_at;
    throw new Refused(
      'time-past',
      `${scheduled_at.toISOString()} is in the past by the database's clock; ${order.name} was not scheduled`,
    );
  });
}

/** Starts what is due. Returns the issues that this call started. */
export async function startDue(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    UPDATE issues SET state = 'sending', sending_since = clock_timestamp(), served_at = clock_timestamp(),
      updated_at = clock_timestamp()
    WHERE state = 'scheduled' AND scheduled_at <= clock_timestamp()
      AND scheduled_at >= clock_timestamp() - ${MISSED_MS} * interval '1 millisecond'
    RETURNING id`.execute(db);
  return rows.map((row) => row.id);
}

/** Pauses what should have started over an hour ago. Returns the issues that this call paused. */
export async function pauseMissed(db: Db): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    UPDATE issues SET state = 'paused', paused_by = 'postrider', paused_at = clock_timestamp(), updated_at = clock_timestamp(),
      reason = 'missed-schedule: no worker was alive when this send was due, over an hour ago; resume it if it should still go out, or cancel it'
    WHERE state = 'scheduled' AND scheduled_at < clock_timestamp() - ${MISSED_MS} * interval '1 millisecond'
    RETURNING id`.execute(db);
  return rows.map((row) => row.id);
}

/**
 * Takes a scheduled send back, also one that was missed: a draft again, its edition unfrozen. False when it is not
 * scheduled, or has started.
 */
export async function unschedule(db: Db, issueId: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const issue = await trx
      .selectFrom('issues')
      .select(['state', 'sending_since', 'edition_id'])
      .where('id', '=', issueId)
      .forUpdate()
      .executeTakeFirst();
    const waits = issue?.state === 'scheduled' || (issue?.state === 'paused' && issue.sending_since === null);
    if (!waits) return false;
    await sql`
      UPDATE issues SET ${notOrdered} WHERE id = ${issueId}`.execute(trx);
    if (issue.edition_id !== null)
      await trx.deleteFrom('editions').where('id', '=', issue.edition_id).execute();
    return true;
  });
}
