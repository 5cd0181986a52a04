import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import { suppress } from '../../../src/consent/suppress.ts';
import { DATA_HOURS, dataToken, preferencesToken, unsubscribeToken } from '../../../src/consent/tokens.ts';
import { keys, linkTo } from '../../consent/fixtures.ts';
import { insertDelivery, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, useWeb } from '../harness.ts';

const { web, weekly, get } = useWeb();
const db = () => web().database.db;
let people = 0;
let email: string;
let subscriber: number;
let ref: Awaited<ReturnType<typeof linkTo>>;

beforeEach(async () => {
  email = `reader${people++}@example.org`;
  subscriber = await insertSubscriber(db(), email, weekly());
  ref = await linkTo(db(), weekly(), subscriber);
});

const fresh = () => `/data/${dataToken(keys, ref, new Date())}`;
const post = (url: string, fields: Record<string, string>) =>
  web().app.inject({ method: 'POST', url, headers: FORM, payload: form(fields) });
const known = async () =>
  (await db().selectFrom('subscribers').select('id').where('id', '=', subscriber).execute()).length > 0;

describe('the page of a fresh link', () => {
  test('shows what is kept: the person, the mails, and each consent record with its wording', async () => {
    await sql`UPDATE subscribers SET name = 'Ada', attributes = '{"city":"London"}' WHERE id = ${subscriber}`.execute(
      db(),
    );
    await insertDelivery(db(), weekly(), subscriber, 'accepted');
    await sql`INSERT INTO consent_records (subscriber_id, newsletter_id, step, wording, source)
      VALUES (${subscriber}, ${weekly()}, 'confirmed', 'I want it.', 'page')`.execute(db());
    const page = await get(fresh());
    for (const kept of [email, 'Ada', 'London', 'weekly: subscribed', 'I want it.', 'One (weekly), sent'])
      expect(page.body).toContain(kept);
  });

  test('exports the same as JSON', async () => {
    const answer = await get(`${fresh()}/data.json`);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(answer.headers['content-disposition']).toContain('attachment');
    expect(answer.json()).toMatchObject({
      email,
      subscriptions: [{ newsletter: 'weekly', state: 'confirmed' }],
      consent: [],
      mails: [],
    });
  });

  test(`works for ${DATA_HOURS} hours, and for its purpose only`, async () => {
    const made = new Date(Date.now() - DATA_HOURS * 3_600_000);
    const dead = [
      dataToken(keys, ref, made),
      preferencesToken(keys, ref),
      unsubscribeToken(keys, { ...ref, issue: 1, delivery: 1 }),
      dataToken(keys, { ...ref, linkKey: 1 }, new Date()),
    ];
    for (const token of dead) {
      expect((await get(`/data/${token}`)).statusCode).toBe(404);
      expect((await get(`/data/${token}/data.json`)).statusCode).toBe(404);
      expect((await post(`/data/${token}`, { pressed: 'erase', sure: 'yes' })).statusCode).toBe(404);
    }
    expect(await known()).toBe(true);
    expect(await get(`/data/${dead[0]}`).then(({ body }) => body)).toContain('href="/data"');
  });
});

describe('erasing', () => {
  test('needs the button and the tick', async () => {
    for (const fields of [{}, { pressed: 'erase' }, { sure: 'yes' }])
      expect((await post(fresh(), fields as Record<string, string>)).statusCode).toBe(400);
    expect(await known()).toBe(true);
  });

  test('is done when the page says so, and the link is dead then', async () => {
    const url = fresh();
    expect((await post(url, { pressed: 'erase', sure: 'yes' })).body).toContain('Everything is erased');
    expect(await known()).toBe(false);
    expect((await get(url)).statusCode).toBe(404);
    const kept = await db().selectFrom('suppressions').select(['reason', 'source', 'identity']).execute();
    expect(kept).toContainEqual({ reason: 'erased', source: 'reader', identity: null });
  });
});

describe('a link by address', () => {
  const ask = (address: string, more: Record<string, string> = {}) =>
    post('/data', { email: address, ...more });
  const mailsTo = async (address: string) =>
    (
      await db()
        .selectFrom('deliveries')
        .select('notice')
        .where('email', '=', address)
        .where('kind', '=', 'notice')
        .execute()
    ).map(({ notice }) => notice);

  test('goes to a reader once a day; everybody gets the same answer', async () => {
    const answers = [await ask(email), await ask(email), await ask('stranger@example.net')];
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.body}`)).size).toBe(1);
    expect(await mailsTo(email)).toEqual(['data-link']);
    expect(await mailsTo('stranger@example.net')).toEqual([]);
  });

  test('never goes to who said "not me" or is suppressed by hand', async () => {
    const suppression = { identity: email, newsletterId: null, source: 'test', until: null } as const;
    await db()
      .transaction()
      .execute((trx) => suppress(trx, keys, { ...suppression, reason: 'by-hand' }));
    await ask(email);
    expect(await mailsTo(email)).toEqual([]);
  });

  test('asks again for what is no address, and mails no robot', async () => {
    expect((await ask('nobody')).statusCode).toBe(400);
    await ask(email, { q7_leave_empty: 'x' });
    expect(await mailsTo(email)).toEqual([]);
  });
});
