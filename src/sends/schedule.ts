/**
 * A scheduled send: the edition is frozen when the editor presses send, the audience when it starts. All times are by
 * the database's clock. Whichever worker's sweep first finds it due starts it, under the issue's lock, so it starts
 * only once.
 */
import { sql } from 'kysely';
import type { Db } from '../db/connection.ts';
import { Refused } from '../errors.ts';
import type { Reason } from '../issue/reason.ts';
import { eachDue, ifStillDue, moveIssue } from '../issue/state.ts';
import { pause } from './pause.ts';
import { placeOrder, type SendOrder, storeEdition, withdrawOrder } from './start.ts';

/**
 * A send that is later than this (no worker was alive) needs a person's approval: the news may be old, or the database
 * a copy.
 */
const MISSED_MS = 3_600_000;

const MISSED: Reason = {
  code: 'missed-schedule',
  detail:
    'no worker was alive when this send was due, over an hour ago; resume it if it should still go out, or cancel it',
};

export type When = { at: Date } | { delaySeconds: number };

/** Returns the moment. If it throws Refused('issue-not-draft' | 'time-past'), nothing has changed. */
export async function scheduleSending(db: Db, order: SendOrder, when: When): Promise<Date> {
  const at = 'at' in when ? when.at : null;
  const delay = 'at' in when ? null : when.delaySeconds;
  return db.transaction().execute(async (trx) => {
    await storeEdition(trx, order);
    await placeOrder(
      trx,
      order,
      sql`scheduled_at = coalesce(${at}::timestamptz, clock_timestamp() + ${delay}::int * interval '1 second')`,
    );
    await moveIssue(trx, order.issueId, 'schedule');
    const { rows } = await sql<{ at: Date; past: boolean }>`
      SELECT scheduled_at AS at, scheduled_at <= clock_timestamp() AS past FROM sends WHERE issue_id = ${order.issueId}`.execute(
      trx,
    );
    const { at: moment, past } = rows[0]!;
    if (!past) return moment;
    throw new Refused(
      'time-past',
      `${moment.toISOString()} is in the past by the database's clock; ${order.name} was not scheduled`,
    );
  });
}

const isMissed = sql`s.scheduled_at < clock_timestamp() - ${MISSED_MS} * interval '1 millisecond'`;

/** Starts sends that are due. Returns the issues that this call started. */
export async function startDue(db: Db): Promise<number[]> {
  const due = sql`i.state = 'scheduled' AND s.scheduled_at <= clock_timestamp() AND NOT ${isMissed}`;
  return eachDue(db, due, async (trx, id) => {
    await moveIssue(trx, id, 'start');
    await sql`UPDATE sends SET sending_since = clock_timestamp(), served_at = clock_timestamp() WHERE issue_id = ${id}`.execute(
      trx,
    );
  });
}

/** Pauses sends that should have started over an hour ago. Returns the issues that this call paused. */
export async function pauseMissed(db: Db): Promise<number[]> {
  return eachDue(db, sql`i.state = 'scheduled' AND ${isMissed}`, (trx, id) =>
    pause(trx, id, 'postrider', MISSED),
  );
}

/**
 * Withdraws a scheduled send, even one that missed its time: the issue is a draft again and its edition is unfrozen.
 * False when it is not scheduled, or has already started.
 */
export async function unschedule(db: Db, issueId: number): Promise<boolean> {
  const waits = sql`(i.state = 'scheduled' OR (i.state = 'paused' AND s.sending_since IS NULL))`;
  return ifStillDue(db, issueId, waits, async (trx) => {
    await moveIssue(trx, issueId, 'withdraw');
    await withdrawOrder(trx, issueId);
  });
}
