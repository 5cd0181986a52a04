import { expect, test } from 'vitest';
import { confirmLinkUse } from '../../../src/consent/link-state.ts';
import { hashedIp } from '../../../src/consent/record.ts';
import { confirm } from '../../../src/consent/signup/confirm.ts';
import type { ConfirmRef } from '../../../src/consent/tokens.ts';
import { unsubscribe } from '../../../src/consent/unsubscribe.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import {
  fromPage,
  hoursLater,
  keys,
  linkTo,
  recordsOf,
  requestSubscription,
  subscriptionOf,
} from '../fixtures.ts';

const database = useTestDatabase();

/** Somebody who asked for a newsletter of their own, and their confirmation link. */
async function pending(email: string) {
  const { db } = database;
  const newsletter = await insertNewsletter(db);
  await requestSubscription(db, email, newsletter);
  const { subscriber_id: subscriber } = (await subscriptionOf(db, email, newsletter))!;
  return {
    db,
    newsletter,
    subscriber,
    link: await linkTo(db, newsletter, subscriber),
    state: async () => (await subscriptionOf(db, email, newsletter))?.state,
  };
}

const confirms = (link: ConfirmRef) =>
  database.db
    .transaction()
    .execute((trx) => confirm(trx, keys, { ...link, wording: 'Yes.', origin: fromPage }));

test('a link from before its reader left stays spent, even after somebody asks for them again', async () => {
  const email = 'left-since@example.org';
  const { db, newsletter, subscriber, link, state } = await pending(email);
  expect(await confirms(link)).toBe(true);
  await unsubscribe(db, systemClock, { newsletter, subscriber, by: 'reader', origin: fromPage });
  await hoursLater(db, 25);
  expect((await requestSubscription(db, email, newsletter)).outcome).toBe('asked');
  expect(await confirmLinkUse(db, link)).toBe('spent');
  expect(await confirms(link)).toBe(false);
  expect(await state()).toBe('pending');
  expect(await confirms(await linkTo(db, newsletter, subscriber))).toBe(true);
});

test('both mails of somebody who asks twice work', async () => {
  const email = 'asked-twice@example.org';
  const { db, newsletter, subscriber, link } = await pending(email);
  await hoursLater(db, 25);
  await requestSubscription(db, email, newsletter);
  expect(await linkTo(db, newsletter, subscriber)).toEqual(link);
  expect(await confirms(link)).toBe(true);
  expect(await confirmLinkUse(db, link)).toBe('confirmed');
});

test('the old link of somebody whom an editor removed while pending does not bring them in', async () => {
  const email = 'removed-pending@example.org';
  const { db, newsletter, subscriber, link } = await pending(email);
  await unsubscribe(db, systemClock, { newsletter, subscriber, by: 'editor', origin: fromPage });
  await hoursLater(db, 25);
  await requestSubscription(db, email, newsletter);
  expect(await confirms(link)).toBe(false);
});

test('the record of a confirmation says which mail was answered, on which page, and from where only as a hash', async () => {
  const { db, subscriber, link } = await pending('proof@example.org');
  const mail = await db
    .selectFrom('deliveries')
    .select('id')
    .where('subscriber_id', '=', subscriber)
    .executeTakeFirstOrThrow();
  expect(await confirms({ ...link, mail: mail.id })).toBe(true);
  expect(await recordsOf(db, subscriber)).toMatchObject([
    { step: 'asked' },
    {
      step: 'confirmed',
      wording: 'Yes.',
      page: '/confirm',
      ip: null,
      ip_hash: hashedIp(keys, '192.0.2.1'),
      delivery_issue_id: 0,
      delivery_id: mail.id,
    },
  ]);
});

test('where the newsletter welcomes people, one mail does so each time that they confirm', async () => {
  const { db, newsletter, subscriber, link } = await pending('welcome@example.org');
  const welcomes = async () =>
    (
      await db
        .selectFrom('deliveries')
        .select('id')
        .where('kind', '=', 'welcome')
        .where('subscriber_id', '=', subscriber)
        .execute()
    ).length;
  await db.updateTable('newsletters').set({ welcome: true }).where('id', '=', newsletter).execute();
  await confirms(link);
  await confirms(link);
  expect(await welcomes()).toBe(1);
  await unsubscribe(db, systemClock, { newsletter, subscriber, by: 'reader', origin: fromPage });
  await hoursLater(db, 25);
  await requestSubscription(db, 'welcome@example.org', newsletter);
  await confirms(await linkTo(db, newsletter, subscriber));
  expect(await welcomes()).toBe(2);
});
