import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { eraseSubscriber } from '../../../src/audience/erase.ts';
import { suppress } from '../../../src/consent/suppress.ts';
import { LEAVING_MINUTES, leavingToken, unsubscribeToken } from '../../../src/consent/tokens.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { deliveryState, keys, linkTo, recordsOf, subscriptionOf } from '../../consent/fixtures.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, useWeb } from '../harness.ts';

const { web, weekly, get } = useWeb();
const db = () => web().database.db;
let people = 0;
let email: string;
let subscriber: number;
let ref: Awaited<ReturnType<typeof linkTo>> & { issue: number; delivery: number };
let url: string;

beforeEach(async () => {
  email = `reader${people++}@example.org`;
  subscriber = await insertSubscriber(db(), email, weekly());
  const mail = await insertDelivery(db(), weekly(), subscriber, 'accepted');
  ref = { ...(await linkTo(db(), weekly(), subscriber)), ...mail };
  url = `/unsubscribe/${unsubscribeToken(keys, ref)}`;
});

const post = (fields: Record<string, string>) =>
  web().app.inject({ method: 'POST', url, headers: FORM, payload: form(fields) });
const ticketIn = (body: string) => /name="ticket" value="([^"]+)"/.exec(body)?.[1] ?? '';
const pressUnsubscribe = async () => (await post({ pressed: 'unsubscribe' })).body;
const subscription = async () => (await subscriptionOf(db(), email, weekly()))!;
const frequency = async () =>
  (
    await db()
      .selectFrom('subscriptions')
      .select('frequency')
      .where('subscriber_id', '=', subscriber)
      .executeTakeFirstOrThrow()
  ).frequency;

describe('after leaving, the page', () => {
  test.each([
    [0, 'Nothing was waiting'],
    [1, 'One mail that was waiting'],
    [2, '2 mails that were waiting'],
  ])('says that it stopped %i mails', async (count, words) => {
    const waiting = [];
    for (let n = 0; n < count; n++) waiting.push(await insertDelivery(db(), weekly(), subscriber, 'planned'));
    expect(await pressUnsubscribe()).toContain(words);
    for (const mail of waiting) expect((await deliveryState(db(), mail)).state).toBe('skipped');
  });

  test('names the other newsletters that are open', async () => {
    await insertNewsletter(db(), { slug: `open-${people}`, name: 'Harbour & Sea' });
    await insertNewsletter(db(), { slug: `closed-${people}`, name: 'Closed', signup: 'closed' });
    const body = await pressUnsubscribe();
    expect(body).toContain(`/subscribe/open-${people}`);
    expect(body).toContain('Harbour &amp; Sea');
    expect(body).not.toContain(`/subscribe/closed-${people}`);
    expect(body).not.toContain('/subscribe/weekly');
  });

  test('opened again says that one has left, and offers no undo', async () => {
    await pressUnsubscribe();
    const again = await get(url);
    expect(again.statusCode).toBe(200);
    expect(again.body).toContain('You are unsubscribed');
    expect(ticketIn(again.body)).toBe('');
    expect(again.body).toContain('/subscribe/weekly');
  });
});

describe('undo', () => {
  test('subscribes again from the date of the first yes, with a consent record', async () => {
    const before = await subscription();
    const ticket = ticketIn(await pressUnsubscribe());
    expect((await subscription()).state).toBe('unsubscribed');
    const done = await post({ pressed: 'undo', ticket });
    expect(done.statusCode).toBe(200);
    expect(done.body).toContain('You are subscribed again');
    expect(await subscription()).toEqual(before);
    expect((await recordsOf(db(), subscriber)).map((record) => [record.step, record.source])).toEqual([
      ['unsubscribed', 'page'],
      ['undone', 'page'],
    ]);
    expect((await recordsOf(db(), subscriber))[1]?.wording).toBe('Undo: I want to go on receiving Weekly');
  });

  test('works once, and not for a leaving that came later', async () => {
    const ticket = ticketIn(await pressUnsubscribe());
    await post({ pressed: 'undo', ticket });
    expect((await post({ pressed: 'undo', ticket })).statusCode).toBe(410);
    await pressUnsubscribe();
    expect((await post({ pressed: 'undo', ticket })).statusCode).toBe(410);
    expect((await subscription()).state).toBe('unsubscribed');
  });

  test('pressed twenty times at once is one undo', async () => {
    const ticket = ticketIn(await pressUnsubscribe());
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ pressed: 'undo', ticket })));
    expect(answers.filter((answer) => answer.statusCode === 200)).toHaveLength(1);
    expect(await recordsOf(db(), subscriber)).toHaveLength(2);
  });

  test(`is over after ${LEAVING_MINUTES} minutes`, async () => {
    await pressUnsubscribe();
    const record = (await recordsOf(db(), subscriber))[0]!.id;
    const made = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const late = leavingToken(keys, { ...ref, record }, made(LEAVING_MINUTES));
    expect((await post({ pressed: 'undo', ticket: late })).statusCode).toBe(410);
    const inTime = leavingToken(keys, { ...ref, record }, made(LEAVING_MINUTES - 1));
    expect((await post({ pressed: 'undo', ticket: inTime })).statusCode).toBe(200);
  });

  test.each(['complaint', 'bounce', 'not-me', 'by-hand'] as const)(
    'lifts no suppression (%s)',
    async (reason) => {
      const ticket = ticketIn(await pressUnsubscribe());
      const suppression = { identity: email, newsletterId: null, reason, source: 'test', until: null };
      await db()
        .transaction()
        .execute((trx) => suppress(trx, keys, suppression));
      expect((await post({ pressed: 'undo', ticket })).statusCode).toBe(410);
      expect((await subscription()).state).toBe('unsubscribed');
    },
  );

  test('is not for somebody who never confirmed, was erased, or left in another way', async () => {
    await sql`UPDATE subscriptions SET state = 'pending' WHERE subscriber_id = ${subscriber}`.execute(db());
    expect(ticketIn(await pressUnsubscribe())).toBe('');
    await sql`UPDATE subscriptions SET state = 'confirmed' WHERE subscriber_id = ${subscriber}`.execute(db());
    const ticket = ticketIn(await pressUnsubscribe());
    await sql`UPDATE subscriptions SET left_by = 'complaint' WHERE subscriber_id = ${subscriber}`.execute(
      db(),
    );
    expect((await post({ pressed: 'undo', ticket })).statusCode).toBe(410);
    await eraseSubscriber(db(), keys, systemClock, email);
    expect((await post({ pressed: 'undo', ticket })).statusCode).toBe(410);
  });

  test('needs the ticket of this very link: the link alone, or the ticket of somebody else, does nothing', async () => {
    await pressUnsubscribe();
    const elsewhere = { ...ref, linkKey: ref.linkKey + 1, record: 1 };
    const others = ['', 'nonsense', unsubscribeToken(keys, ref), leavingToken(keys, elsewhere, new Date())];
    for (const ticket of others)
      for (const pressed of ['undo', 'first', 'reason'])
        expect((await post({ pressed, ticket })).statusCode).toBe(410);
    expect((await subscription()).state).toBe('unsubscribed');
  });
});

describe('only the first issue of each month', () => {
  test('before leaving, by the ticket of the page', async () => {
    const ticket = ticketIn((await get(url)).body);
    expect((await post({ pressed: 'first' })).statusCode, 'the link alone changes nothing').toBe(410);
    expect(await frequency()).toBe('each');
    expect((await post({ pressed: 'first', ticket })).statusCode).toBe(200);
    expect(await frequency()).toBe('first');
    expect((await subscription()).state).toBe('confirmed');
    expect((await post({ pressed: 'undo', ticket })).statusCode, 'nothing to undo').toBe(410);
  });

  test('after leaving, instead of it', async () => {
    const ticket = ticketIn(await pressUnsubscribe());
    expect((await post({ pressed: 'first', ticket })).body).toContain('Once a month');
    expect(await frequency()).toBe('first');
    expect((await subscription()).state).toBe('confirmed');
    expect((await recordsOf(db(), subscriber)).map((record) => record.step)).toEqual([
      'unsubscribed',
      'undone',
    ]);
  });
});

describe('why somebody leaves', () => {
  const reasons = () =>
    db()
      .selectFrom('leaving_reasons')
      .select(['reason', 'comment'])
      .where('subscriber_id', '=', subscriber)
      .execute();

  test('is kept as they say it first, within bounds', async () => {
    const ticket = ticketIn(await pressUnsubscribe());
    const comment = `<b>${'x'.repeat(600)}`;
    expect((await post({ pressed: 'reason', ticket, reason: 'too-often', comment })).statusCode).toBe(200);
    await post({ pressed: 'reason', ticket, reason: 'other' });
    expect(await reasons()).toEqual([{ reason: 'too-often', comment: comment.slice(0, 500) }]);
    expect((await post({ pressed: 'undo', ticket })).statusCode, 'and undo still works').toBe(200);
  });

  test('a word that is not on the page is "other", and the comment goes with an erasure', async () => {
    const ticket = ticketIn(await pressUnsubscribe());
    await post({ pressed: 'reason', ticket, reason: 'DROP TABLE', comment: 'I am Ada' });
    expect(await reasons()).toEqual([{ reason: 'other', comment: 'I am Ada' }]);
    await eraseSubscriber(db(), keys, systemClock, email);
    const left = await db().selectFrom('leaving_reasons').select(['comment', 'subscriber_id']).execute();
    expect(JSON.stringify(left)).not.toContain('Ada');
  });
});
