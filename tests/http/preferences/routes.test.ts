import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { confirmToken, preferencesToken, unsubscribeToken } from '../../../src/consent/tokens.ts';
import { confirmationsTo, deliveryState, keys, linkTo, recordsOf } from '../../consent/fixtures.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, useWeb } from '../harness.ts';

const { web, weekly, get } = useWeb();
const db = () => web().database.db;
let people = 0;
let email: string;
let subscriber: number;
let ref: Awaited<ReturnType<typeof linkTo>>;
let url: string;

beforeEach(async () => {
  email = `Reader${people++}@example.org`;
  subscriber = await insertSubscriber(db(), email, weekly());
  ref = await linkTo(db(), weekly(), subscriber);
  url = `/preferences/${preferencesToken(keys, ref)}`;
});

const post = (fields: Record<string, string>) =>
  web().app.inject({ method: 'POST', url, headers: FORM, payload: form(fields) });
const save = (fields: Record<string, string>) => post({ pressed: 'save', ...fields });
const person = () =>
  db()
    .selectFrom('subscribers')
    .select(['name', 'language', 'timezone'])
    .where('id', '=', subscriber)
    .executeTakeFirstOrThrow();
const subscription = (newsletter = weekly()) =>
  db()
    .selectFrom('subscriptions')
    .select(['state', 'frequency', 'paused_until'])
    .where('subscriber_id', '=', subscriber)
    .where('newsletter_id', '=', newsletter)
    .executeTakeFirst();

describe('the page', () => {
  test('says what its reader gets, and not who they are', async () => {
    const page = await get(url);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Weekly');
    expect(page.body).toContain('R…@example.org');
    expect(page.body).not.toContain(email);
  });

  test('of a link for another purpose, of another person, or of nobody is a 404, and nothing is saved', async () => {
    const others = [
      unsubscribeToken(keys, { ...ref, issue: 1, delivery: 1 }),
      preferencesToken(keys, { ...ref, linkKey: 1 }),
      preferencesToken(keys, { ...ref, newsletter: 99 }),
      'nonsense',
    ];
    for (const token of others) {
      url = `/preferences/${token}`;
      expect((await get(url)).statusCode).toBe(404);
      expect((await save({ name: 'Mallory' })).statusCode).toBe(404);
    }
    expect((await person()).name).toBeNull();
  });
});

describe('saving', () => {
  test('keeps name, language and time zone; what is not in the form stays', async () => {
    await save({ name: ' Ada Lovelace ', language: 'zh', timezone: 'Asia/Shanghai' });
    const ada = { name: 'Ada Lovelace', language: 'zh', timezone: 'Asia/Shanghai' };
    expect(await person()).toEqual(ada);
    await save({});
    expect(await person()).toEqual(ada);
    await save({ name: '', language: '', timezone: '' });
    expect(await person()).toEqual({ name: null, language: null, timezone: null });
  });

  test('takes no link for a name, and no language or time zone that is not on the page', async () => {
    await save({ name: 'see http://evil.example', language: 'tlh', timezone: "'; DROP TABLE" });
    expect(await person()).toEqual({ name: null, language: null, timezone: null });
  });

  test('each issue, or the first of each month', async () => {
    const waiting = await insertDelivery(db(), weekly(), subscriber, 'planned');
    await save({ [`frequency-${weekly()}`]: 'first' });
    expect(await subscription()).toMatchObject({ state: 'confirmed', frequency: 'first' });
    expect((await deliveryState(db(), waiting)).state).toBe('planned');
    await save({ [`frequency-${weekly()}`]: 'never heard of' });
    expect(await subscription()).toMatchObject({ frequency: 'first' });
  });

  test('a pause ends as its day begins where the reader lives, skips what waits, and has bounds', async () => {
    const waiting = await insertDelivery(db(), weekly(), subscriber, 'planned');
    const year = new Date().getFullYear() + 1;
    const pause = (day: string) =>
      save({ [`frequency-${weekly()}`]: 'each', [`pause-${weekly()}`]: day, timezone: 'Asia/Shanghai' });
    expect((await pause(`${year}-06-01`)).body).toContain(`value="${year}-06-01"`);
    expect((await subscription())?.paused_until?.toISOString()).toBe(`${year}-05-31T16:00:00.000Z`);
    expect(await deliveryState(db(), waiting)).toEqual({ state: 'skipped', reason: 'paused' });
    for (const none of ['', '2001-01-01', 'soon', `${year}-02-31`]) {
      await pause(none);
      expect((await subscription())?.paused_until, none).toBeNull();
    }
    await pause('9999-01-01');
    expect((await subscription())!.paused_until!.getFullYear()).toBeLessThanOrEqual(year + 1);
  });

  test('leaving is final at once and recorded', async () => {
    const waiting = await insertDelivery(db(), weekly(), subscriber, 'planned');
    await save({ [`frequency-${weekly()}`]: 'none' });
    expect((await subscription())?.state).toBe('unsubscribed');
    expect((await deliveryState(db(), waiting)).state).toBe('skipped');
    expect(await recordsOf(db(), subscriber)).toMatchObject([
      { step: 'unsubscribed', source: 'page', page: '/preferences' },
    ]);
  });

  test('another newsletter needs the normal confirmation, under the normal budgets', async () => {
    const other = await insertNewsletter(db(), { name: 'Other' });
    const closed = await insertNewsletter(db(), { name: 'Closed', signup: 'closed' });
    const answer = await save({ [`frequency-${other}`]: 'each', [`frequency-${closed}`]: 'each' });
    expect(answer.body).toContain('press the button to subscribe');
    expect((await subscription(other))?.state).toBe('pending');
    expect(await subscription(closed)).toBeUndefined();
    await save({ [`frequency-${other}`]: 'each' });
    expect(await confirmationsTo(db(), email)).toHaveLength(1);
  });

  test('somebody who left comes back by the normal confirmation only', async () => {
    await save({ [`frequency-${weekly()}`]: 'none' });
    await save({ [`frequency-${weekly()}`]: 'each' });
    expect((await subscription())?.state).toBe('pending');
  });

  test('a press of no button of ours saves nothing', async () => {
    for (const pressed of ['', 'toString', 'erase'])
      expect((await post({ pressed, name: 'Mallory' })).statusCode).toBe(400);
    expect((await person()).name).toBeNull();
  });
});

test('the link to the data goes to the mailbox, not to the page, and once a day', async () => {
  const mails = () =>
    db()
      .selectFrom('deliveries')
      .select(['notice', 'email'])
      .where('subscriber_id', '=', subscriber)
      .where('kind', '=', 'notice')
      .execute();
  const first = await post({ pressed: 'data' });
  expect(first.body).not.toContain('/data/');
  expect((await post({ pressed: 'data' })).body).toBe(first.body);
  expect(await mails()).toEqual([{ notice: 'data-link', email }]);
  await sql`DELETE FROM subscribers WHERE id = ${subscriber}`.execute(db());
  expect((await post({ pressed: 'data' })).statusCode).toBe(404);
});

test('who comes back by a new confirmation gets each issue again, whatever they had paused', async () => {
  await sql`UPDATE subscriptions SET frequency = 'first', paused_until = '2100-01-01'
    WHERE subscriber_id = ${subscriber}`.execute(db());
  await save({ [`frequency-${weekly()}`]: 'none' });
  await save({ [`frequency-${weekly()}`]: 'each' });
  const token = confirmToken(keys, await linkTo(db(), weekly(), subscriber), new Date());
  await web().app.inject({
    method: 'POST',
    url: `/confirm/${token}`,
    headers: FORM,
    payload: form({ pressed: 'confirm' }),
  });
  expect(await subscription()).toEqual({ state: 'confirmed', frequency: 'each', paused_until: null });
});
