/** Whatever database a link is opened in, it acts on nobody but the person it was made for. */
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { eraseSubscriber } from '../../src/audience/erase.ts';
import { confirmLinkUse, unsubscribeLinkState } from '../../src/consent/link-state.ts';
import { reject } from '../../src/consent/reject.ts';
import { confirm } from '../../src/consent/signup/confirm.ts';
import type { UnsubscribeRef } from '../../src/consent/tokens.ts';
import { unsubscribeByLink } from '../../src/consent/unsubscribe.ts';
import type { Db } from '../../src/db/connection.ts';
import { systemClock } from '../../src/io/clock.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { fromPage, hoursLater, keys, linkTo, requestSubscription, subscriptionOf } from './fixtures.ts';

const database = useTestDatabase();
let db: Db;
let weekly: number;
let people = 0;

beforeAll(async () => {
  db = database.db;
  weekly = await insertNewsletter(db, { slug: 'weekly' });
});

const stateOf = async (email: string) => (await subscriptionOf(db, email, weekly))?.state;
const confirms = (link: Awaited<ReturnType<typeof linkTo>>) =>
  db.transaction().execute((trx) => confirm(trx, keys, { ...link, wording: 'Yes.', origin: fromPage }));
const leavesBy = (ref: UnsubscribeRef) => unsubscribeByLink(db, systemClock, ref, fromPage);

/** What a restored dump does: the sequence is set back, and the next person gets the numbers of one who was lost. */
async function somebodyElseUnderTheNumbersOf(subscriber: number, state: 'pending' | 'confirmed') {
  await sql`DELETE FROM subscribers WHERE id = ${subscriber}`.execute(db);
  const email = `else${people++}@example.org`;
  await sql`WITH person AS (
      INSERT INTO subscribers (id, identity, email) OVERRIDING SYSTEM VALUE VALUES (${subscriber}, ${email}, ${email}) RETURNING id
    ) INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at, request_key)
    SELECT ${weekly}, id, ${state}::subscription_state, CASE ${state} WHEN 'confirmed' THEN now() END, new_link_key() FROM person`.execute(
    db,
  );
  return email;
}

async function lostPerson(state: 'pending' | 'confirmed') {
  const subscriber = await insertSubscriber(db, `lost${people++}@example.org`, weekly, state);
  const mail = await insertDelivery(db, weekly, subscriber, 'accepted');
  return { ...(await linkTo(db, weekly, subscriber)), ...mail };
}

describe('after a dump was restored, the links of a lost person', () => {
  test('do not confirm whoever got their number', async () => {
    const link = await lostPerson('pending');
    const email = await somebodyElseUnderTheNumbersOf(link.subscriber, 'pending');
    expect(await confirmLinkUse(db, link)).toBe('spent');
    expect(await confirms(link)).toBe(false);
    expect(await stateOf(email)).toBe('pending');
  });

  test('do not take whoever got their number off, and do not say so', async () => {
    const link = await lostPerson('confirmed');
    const email = await somebodyElseUnderTheNumbersOf(link.subscriber, 'confirmed');
    expect(await unsubscribeLinkState(db, link)).toBeNull();
    expect(await leavesBy(link)).toBe(false);
    expect(await stateOf(email)).toBe('confirmed');
  });

  test('do not shut whoever got their number out, nor skip what waits for them', async () => {
    const link = await lostPerson('confirmed');
    const email = await somebodyElseUnderTheNumbersOf(link.subscriber, 'confirmed');
    const planned = await insertDelivery(db, weekly, link.subscriber, 'planned');
    expect(await reject(db, keys, systemClock, { ...link, origin: fromPage })).toBe(false);
    expect(await stateOf(email)).toBe('confirmed');
    const { rows } =
      await sql`SELECT FROM deliveries WHERE issue_id = ${planned.issue} AND state = 'planned'`.execute(db);
    expect(rows).toHaveLength(1);
  });

  test('work for the person themselves, whose row the dump had', async () => {
    const link = await lostPerson('confirmed');
    expect(await leavesBy(link)).toBe(true);
    expect(await unsubscribeLinkState(db, link)).toBe('unsubscribed');
  });
});

test('in a new database under the old secret no link of the old one names anybody', async () => {
  const other = await createTestDatabase();
  try {
    const newsletter = await insertNewsletter(other.db, { slug: 'weekly' });
    for (let n = 0; n < 20; n++)
      await insertSubscriber(other.db, `new${n}@example.org`, newsletter, 'confirmed');
    const { rows } = await sql<{ id: number }>`SELECT id FROM subscribers LIMIT 20`.execute(db);
    expect(rows.length).toBeGreaterThan(0);
    for (const { id } of rows) {
      const link = { ...(await linkTo(db, newsletter, id)), issue: 1, delivery: 1 };
      expect(await unsubscribeByLink(other.db, systemClock, link, fromPage)).toBe(false);
      expect(await confirmLinkUse(other.db, link)).toBe('spent');
    }
    const { rows: left } = await sql`SELECT FROM subscriptions WHERE state <> 'confirmed'`.execute(other.db);
    expect(left).toEqual([]);
  } finally {
    await other.drop();
  }
});

describe('the one-click link of an old mail', () => {
  async function erased(email: string) {
    const subscriber = await insertSubscriber(db, email, weekly, 'confirmed');
    const mail = await insertDelivery(db, weekly, subscriber, 'accepted');
    const link = { ...(await linkTo(db, weekly, subscriber)), ...mail };
    await eraseSubscriber(db, keys, systemClock, email);
    return link;
  }
  async function comesBack(email: string) {
    await hoursLater(db, 31 * 24);
    await requestSubscription(db, email, weekly);
    const { subscriber_id: subscriber } = (await subscriptionOf(db, email, weekly))!;
    expect(await confirms(await linkTo(db, weekly, subscriber))).toBe(true);
  }

  test('of somebody erased says that they are gone', async () => {
    const link = await erased('erased-only@example.org');
    expect(await unsubscribeLinkState(db, link)).toBe('gone');
    expect(await leavesBy(link)).toBe(true);
  });

  test('of somebody erased who subscribed anew takes them off, as it says', async () => {
    const email = 'erased-and-back@example.org';
    const link = await erased(email);
    await comesBack(email);
    expect(await stateOf(email)).toBe('confirmed');
    expect(await leavesBy(link)).toBe(true);
    expect(await stateOf(email)).toBe('unsubscribed');
  });

  test('of somebody erased twice takes them off the third time too', async () => {
    const email = 'twice-erased@example.org';
    const first = await erased(email);
    await comesBack(email);
    await eraseSubscriber(db, keys, systemClock, email);
    expect(await leavesBy(first)).toBe(true);
    await comesBack(email);
    expect(await leavesBy(first)).toBe(true);
    expect(await stateOf(email)).toBe('unsubscribed');
  });

  test('never takes off another person when its own was erased', async () => {
    const link = await erased('erased-alone@example.org');
    const email = await somebodyElseUnderTheNumbersOf(link.subscriber, 'confirmed');
    expect(await leavesBy(link)).toBe(true);
    expect(await stateOf(email)).toBe('confirmed');
  });
});
