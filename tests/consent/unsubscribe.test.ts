import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import { reject } from '../../src/consent/reject.ts';
import { confirm } from '../../src/consent/signup/confirm.ts';
import { suppress } from '../../src/consent/suppress.ts';
import { activeSuppressions } from '../../src/consent/suppressions.ts';
import { unsubscribe } from '../../src/consent/unsubscribe.ts';
import type { Db } from '../../src/db/connection.ts';
import { systemClock } from '../../src/io/clock.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { until } from '../helpers/until.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import {
  confirmationsTo,
  deliveryState,
  fromPage,
  keys,
  linkTo,
  recordsOf,
  requestSubscription,
  subscriptionOf,
} from './fixtures.ts';

const database = useTestDatabase();
let db: Db;
let weekly: number;
let daily: number;

beforeAll(async () => {
  db = database.db;
  weekly = await insertNewsletter(db, { slug: 'weekly' });
  daily = await insertNewsletter(db, { slug: 'daily' });
});

async function confirms(newsletter: number, subscriber: number) {
  const link = await linkTo(db, newsletter, subscriber);
  return db
    .transaction()
    .execute((trx) => confirm(trx, keys, { ...link, wording: 'Yes.', origin: fromPage }));
}

const leaves = (newsletter: number, subscriber: number) =>
  unsubscribe(db, systemClock, { newsletter, subscriber, by: 'reader', origin: fromPage });

describe('confirming', () => {
  test('makes a subscriber, with proof of the wording and where it came from', async () => {
    const subscriber = await insertSubscriber(db, 'yes@example.org', weekly, 'pending');
    expect(await confirms(weekly, subscriber)).toBe(true);
    expect(await subscriptionOf(db, 'yes@example.org', weekly)).toMatchObject({
      state: 'confirmed',
      confirmed_at: expect.any(Date),
    });
    expect(await recordsOf(db, subscriber)).toMatchObject([
      {
        step: 'confirmed',
        wording: 'Yes.',
        wording_version: expect.stringMatching(/^[0-9a-f]{12}$/),
        ip: null,
        ip_hash: fromPage.ipHash,
        user_agent: 'Reader/1.0',
        source: 'page',
        language: 'en',
      },
    ]);
  });

  test('twenty times at once is once', async () => {
    const subscriber = await insertSubscriber(db, 'click@example.org', weekly, 'pending');
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirms(weekly, subscriber)));
    expect(answers.every(Boolean)).toBe(true);
    expect(await recordsOf(db, subscriber)).toHaveLength(1);
  });

  test('by an old link is no way back for who has left', async () => {
    const subscriber = await insertSubscriber(db, 'gone@example.org', weekly, 'unsubscribed');
    expect(await confirms(weekly, subscriber)).toBe(false);
    expect((await subscriptionOf(db, 'gone@example.org', weekly))?.state).toBe('unsubscribed');
  });

  test('does nothing for a person or subscription that is not there', async () => {
    expect(await confirms(weekly, 999_999)).toBe(false);
  });

  test('does not get around being kept out by hand', async () => {
    const subscriber = await insertSubscriber(db, 'kept-out@example.org', weekly, 'pending');
    await db.transaction().execute((trx) =>
      suppress(trx, keys, {
        identity: 'kept-out@example.org',
        newsletterId: null,
        reason: 'by-hand',
        source: 'cli',
        until: null,
      }),
    );
    expect(await confirms(weekly, subscriber)).toBe(false);
  });
});

describe('unsubscribing', () => {
  test('skips what waits, in this newsletter only, and keeps the proof with the mail it came from', async () => {
    const subscriber = await insertSubscriber(db, 'leaver@example.org', weekly, 'confirmed');
    const planned = await insertDelivery(db, weekly, subscriber, 'planned');
    const deferred = await insertDelivery(db, weekly, subscriber, 'deferred');
    const accepted = await insertDelivery(db, weekly, subscriber, 'accepted');
    const elsewhere = await insertDelivery(db, daily, subscriber, 'planned');
    const origin = { ...fromPage, source: 'one-click' };
    await unsubscribe(db, systemClock, {
      newsletter: weekly,
      subscriber,
      by: 'reader',
      origin,
      delivery: accepted,
    });
    expect(await deliveryState(db, planned)).toEqual({ state: 'skipped', reason: 'unsubscribed' });
    expect(await deliveryState(db, deferred)).toEqual({ state: 'skipped', reason: 'unsubscribed' });
    expect((await deliveryState(db, accepted)).state).toBe('accepted');
    expect((await deliveryState(db, elsewhere)).state).toBe('planned');
    expect(await recordsOf(db, subscriber)).toMatchObject([
      {
        step: 'unsubscribed',
        source: 'one-click',
        delivery_issue_id: accepted.issue,
        delivery_id: accepted.delivery,
      },
    ]);
  });

  test('twenty times at once is once', async () => {
    const subscriber = await insertSubscriber(db, 'hurry@example.org', weekly, 'confirmed');
    await Promise.all(Array.from({ length: 20 }, () => leaves(weekly, subscriber)));
    expect(await subscriptionOf(db, 'hurry@example.org', weekly)).toMatchObject({
      state: 'unsubscribed',
      left_by: 'reader',
    });
    expect(await recordsOf(db, subscriber)).toHaveLength(1);
  });

  test('by the link of a mail in doubt settles it as accepted, also after the editor had it sent again', async () => {
    for (const state of ['unknown', 'planned', 'deferred'] as const) {
      const subscriber = await insertSubscriber(db, `doubt-${state}@example.org`, weekly, 'confirmed');
      const mail = await insertDelivery(db, weekly, subscriber, state);
      await sql`INSERT INTO attempts (issue_id, delivery_id, fence, outcome) VALUES (${mail.issue}, ${mail.delivery}, 1, 'unknown')`.execute(
        db,
      );
      const other = await insertDelivery(db, weekly, subscriber, 'unknown');
      const request = {
        newsletter: weekly,
        subscriber,
        by: 'reader',
        origin: fromPage,
        delivery: mail,
      } as const;
      await unsubscribe(db, systemClock, request);
      await unsubscribe(db, systemClock, request);
      expect(await deliveryState(db, mail)).toEqual({ state: 'accepted', reason: 'reader' });
      expect((await deliveryState(db, other)).state).toBe('unknown');
    }
  });

  test('settles nothing of somebody else, nothing that was never in doubt, and nothing by the editor', async () => {
    const [subscriber, neighbour] = await Promise.all(
      ['settler', 'neighbour'].map((name) =>
        insertSubscriber(db, `${name}@example.org`, weekly, 'confirmed'),
      ),
    );
    const theirs = await insertDelivery(db, weekly, neighbour!, 'unknown');
    const planned = await insertDelivery(db, weekly, subscriber!, 'planned');
    const unknownId = await insertDelivery(db, weekly, subscriber!, 'unknown');
    const request = { newsletter: weekly, subscriber: subscriber!, origin: fromPage };
    await unsubscribe(db, systemClock, { ...request, by: 'editor', delivery: unknownId });
    for (const delivery of [theirs, planned])
      await unsubscribe(db, systemClock, { ...request, by: 'reader', delivery });
    expect((await deliveryState(db, theirs)).state).toBe('unknown');
    expect(await deliveryState(db, planned)).toEqual({ state: 'skipped', reason: 'unsubscribed' });
    expect((await deliveryState(db, unknownId)).state).toBe('unknown');
  });

  test('a mail that falls into doubt while its reader waits for the wire is settled before the answer', async () => {
    const subscriber = await insertSubscriber(db, 'wire@example.org', weekly, 'confirmed');
    const mail = await insertDelivery(db, weekly, subscriber, 'handing');
    const left = unsubscribe(db, systemClock, {
      newsletter: weekly,
      subscriber,
      by: 'reader',
      origin: fromPage,
      delivery: mail,
    });
    await until('the person has left', async () => {
      const row = await subscriptionOf(db, 'wire@example.org', weekly);
      return row?.state === 'unsubscribed';
    });
    await sql`UPDATE deliveries SET state = 'unknown' WHERE issue_id = ${mail.issue} AND id = ${mail.delivery}`.execute(
      db,
    );
    await left;
    expect(await deliveryState(db, mail)).toEqual({ state: 'accepted', reason: 'reader' });
  });

  test('stops a confirmation mail that still waits', async () => {
    await requestSubscription(db, 'early@example.org', weekly);
    const { subscriber_id } = (await subscriptionOf(db, 'early@example.org', weekly))!;
    await leaves(weekly, subscriber_id);
    const row = await db
      .selectFrom('deliveries')
      .select('state')
      .where('subscriber_id', '=', subscriber_id)
      .executeTakeFirstOrThrow();
    expect(row.state).toBe('skipped');
  });

  test('is answered only when the mail on the wire is settled', async () => {
    const subscriber = await insertSubscriber(db, 'on-the-wire@example.org', weekly, 'confirmed');
    const handing = await insertDelivery(db, weekly, subscriber, 'handing');
    let answered = false;
    const leaving = leaves(weekly, subscriber).then(() => {
      answered = true;
    });
    await until(
      'the departure is committed',
      async () => (await subscriptionOf(db, 'on-the-wire@example.org', weekly))?.state === 'unsubscribed',
    );
    expect(answered).toBe(false);
    await db
      .updateTable('deliveries')
      .set({ state: 'accepted' })
      .where('id', '=', handing.delivery)
      .execute();
    await leaving;
    expect((await deliveryState(db, handing)).state).toBe('accepted');
  });

  test('of somebody unknown is fine', async () => {
    await leaves(weekly, 999_999);
  });
});

describe('"It was not me"', () => {
  test('ends every subscription, skips everything that waits and holds for 12 months', async () => {
    const subscriber = await insertSubscriber(db, 'victim@example.org', weekly, 'pending');
    await requestSubscription(db, 'victim@example.org', daily);
    const planned = await insertDelivery(db, weekly, subscriber, 'planned');
    const rejection = { ...(await linkTo(db, weekly, subscriber)), origin: fromPage };
    await Promise.all([1, 2, 3].map(() => reject(db, keys, systemClock, rejection)));
    for (const newsletter of [weekly, daily])
      expect(await subscriptionOf(db, 'victim@example.org', newsletter)).toMatchObject({
        state: 'unsubscribed',
        left_by: 'not-me',
      });
    expect(await deliveryState(db, planned)).toEqual({ state: 'skipped', reason: 'not-me' });
    expect((await recordsOf(db, subscriber)).filter((record) => record.step === 'not-me')).toHaveLength(1);
    expect((await requestSubscription(db, 'victim@example.org', weekly)).outcome).toBe('suppressed');
    expect(await confirmationsTo(db, 'victim@example.org')).toHaveLength(1);
    const rows = await db
      .selectFrom('suppressions')
      .selectAll()
      .where('identity', '=', 'victim@example.org')
      .execute();
    expect(rows).toHaveLength(1);
    const months = (rows[0]!.until!.getTime() - Date.now()) / (30.44 * 24 * 3_600_000);
    expect(months).toBeCloseTo(12, 0);
    expect(rows[0]?.subscriber_id).toBe(subscriber);
  });

  test('of somebody unknown is fine', async () => {
    const nobody = await linkTo(db, weekly, 999_999);
    expect(await reject(db, keys, systemClock, { ...nobody, origin: fromPage })).toBe(false);
  });
});

describe('suppressions', () => {
  test('hold under every key that is still known', async () => {
    const older = new Keys(['an older secret of the tests, long enough']);
    await db.transaction().execute((trx) =>
      suppress(trx, older, {
        identity: 'rotated@example.org',
        newsletterId: null,
        reason: 'bounce',
        source: 'dsn',
        until: null,
      }),
    );
    const find = (with_: Keys) =>
      db.transaction().execute((trx) => activeSuppressions(trx, with_, 'rotated@example.org', weekly));
    const both = new Keys([
      'the newest secret of the tests, long enough',
      'an older secret of the tests, long enough',
    ]);
    expect(await find(both)).toMatchObject([{ reason: 'bounce' }]);
    expect(await find(keys), 'by the plain identity').toMatchObject([{ reason: 'bounce' }]);
    await sql`UPDATE suppressions SET identity = NULL WHERE identity = 'rotated@example.org'`.execute(db);
    expect(await find(both)).toMatchObject([{ reason: 'bounce' }]);
    expect(await find(keys), 'by its hash alone').toEqual([]);
  });

  test('of one newsletter leave the others alone', async () => {
    const subscriber = await insertSubscriber(db, 'scoped@example.org', weekly, 'confirmed');
    const here = await insertDelivery(db, weekly, subscriber, 'planned');
    const there = await insertDelivery(db, daily, subscriber, 'planned');
    const ask = { identity: 'scoped@example.org', newsletterId: weekly, source: 'cli', until: null };
    await db.transaction().execute((trx) => suppress(trx, keys, { ...ask, reason: 'by-hand' }));
    expect(await deliveryState(db, here)).toEqual({ state: 'skipped', reason: 'by-hand' });
    expect((await deliveryState(db, there)).state).toBe('planned');
    const find = (newsletter: number) =>
      db.transaction().execute((trx) => activeSuppressions(trx, keys, 'scoped@example.org', newsletter));
    expect(await find(weekly)).toHaveLength(1);
    expect(await find(daily)).toEqual([]);
  });
});

test('forms and rejections at once never lock each other out', async () => {
  const email = 'both@example.org';
  await requestSubscription(db, email, weekly);
  const { subscriber_id: subscriber } = (await subscriptionOf(db, email, weekly))!;
  const link = await linkTo(db, weekly, subscriber);
  await Promise.all(
    Array.from({ length: 24 }, (_, i) =>
      i % 2 === 0
        ? requestSubscription(db, email, i % 4 === 0 ? weekly : daily)
        : reject(db, keys, systemClock, { ...link, origin: fromPage }),
    ),
  );
  expect((await requestSubscription(db, email, daily)).outcome).toBe('suppressed');
  expect((await recordsOf(db, subscriber)).filter((record) => record.step === 'not-me')).toHaveLength(1);
});

test('a suppression and the first form of a stranger at once always know of each other', async () => {
  for (let i = 0; i < 10; i++) {
    const identity = `meeting${i}@example.org`;
    const ask = { identity, newsletterId: null, reason: 'bounce', source: 'dsn', until: null } as const;
    await Promise.all([
      db.transaction().execute((trx) => suppress(trx, keys, ask)),
      requestSubscription(db, identity, weekly),
    ]);
    const row = await db
      .selectFrom('suppressions')
      .select('subscriber_id')
      .where('identity', '=', identity)
      .executeTakeFirstOrThrow();
    expect(row.subscriber_id).toBe((await subscriptionOf(db, identity, weekly))?.subscriber_id);
  }
});
