import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { confirmationsTo, recordsOf, subscriptionOf } from '../../consent/fixtures.ts';
import { insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, openWeb, type Web } from '../harness.ts';

const BLOG = 'https://blog.example.org';
let web: Web;
let weekly: number;

beforeAll(async () => {
  web = await openWeb();
  weekly = await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly', sites: [BLOG] });
  await insertNewsletter(web.database.db, { slug: 'daily', name: 'Daily' });
  await insertNewsletter(web.database.db, { slug: 'closed', signup: 'closed' });
});
afterAll(() => web.close());

const post = (body: unknown, url = '/subscribe/weekly', headers: Record<string, string> = {}) =>
  web.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('JSON', () => {
  test('subscribes by the same rules, and says so in the record', async () => {
    const answer = await post({ email: 'api@example.org', name: 'Ada' });
    expect(answer.json()).toEqual({ next: 'confirm-by-mail', suggestion: null });
    const found = await subscriptionOf(web.database.db, 'api@example.org', weekly);
    expect(found?.state).toBe('pending');
    expect(await recordsOf(web.database.db, found!.subscriber_id)).toMatchObject([
      { step: 'asked', source: 'api', page: '/subscribe/weekly' },
    ]);
  });

  test('new, pending and confirmed addresses get the same answer', async () => {
    await insertSubscriber(web.database.db, 'reads@example.org', weekly, 'confirmed');
    const answers = [];
    for (const email of ['fresh@example.org', 'fresh@example.org', 'reads@example.org']) {
      const { statusCode, body, headers } = await post({ email });
      answers.push(JSON.stringify({ statusCode, body, ...headers, date: '' }));
    }
    expect(new Set(answers).size).toBe(1);
  });

  test.each([
    [{ email: 'nobody' }, '/subscribe/weekly', 400, 'wrong'],
    [{ email: ['a@example.org', 'b'] }, '/subscribe/none', 404, 'unknown-newsletter'],
    [{ email: 'a@example.org' }, '/subscribe/closed', 403, 'closed'],
    [{ email: 'a@example.org' }, '/subscribe', 404, 'unknown-newsletter'],
    [{ email: 'a@example.org', q7_leave_empty: 'x' }, '/subscribe/weekly', 403, 'not-by-hand'],
    [[1, 2], '/subscribe/weekly', 400, 'wrong'],
    ['null', '/subscribe/weekly', 400, 'wrong'],
    [{ email: { toString: 'x' } }, '/subscribe/weekly', 400, 'wrong'],
  ])('%j to %s: %i %s', async (body, url, status, error) => {
    const answer = await post(body, url);
    expect([answer.statusCode, answer.json().error]).toEqual([status, error]);
  });

  test('what is no JSON changes nothing', async () => {
    expect((await post('{"email":')).statusCode).toBe(400);
  });

  test('a likely typing fault is pointed out, and the address used as it is', async () => {
    const answer = await post({ email: 'ann@gmial.com' });
    expect(answer.json()).toEqual({ next: 'confirm-by-mail', suggestion: 'ann@gmail.com' });
    expect(await confirmationsTo(web.database.db, 'ann@gmial.com')).toHaveLength(1);
  });
});

describe('scripts of other sites (CORS)', () => {
  const ask = (origin: string, url = '/subscribe/weekly') =>
    web.app.inject({ method: 'OPTIONS', url, headers: { origin, 'access-control-request-method': 'POST' } });

  test('are let in where the newsletter names their site', async () => {
    const before = await ask(BLOG);
    expect(before.statusCode).toBe(204);
    expect(before.headers).toMatchObject({
      'access-control-allow-origin': BLOG,
      'access-control-allow-headers': 'content-type',
      vary: expect.stringContaining('Origin'),
    });
    const answer = await post({ email: 'from-blog@example.org' }, '/subscribe/weekly', { origin: BLOG });
    expect(answer.headers['access-control-allow-origin']).toBe(BLOG);
  });

  test.each([
    ['https://evil.example', '/subscribe/weekly'],
    [`${BLOG}.evil.example`, '/subscribe/weekly'],
    ['null', '/subscribe/weekly'],
    [BLOG, '/subscribe/daily'],
    [BLOG, '/subscribe/none'],
  ])('and nobody else: %s at %s', async (origin, url) => {
    expect((await ask(origin, url)).headers).not.toHaveProperty('access-control-allow-origin');
    const answer = await post({ email: 'evil@example.org' }, url, { origin });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('of several newsletters each must name the site', async () => {
    const body = { email: 'both@example.org', newsletter: ['weekly', 'daily'] };
    const answer = await post(body, '/subscribe', { origin: BLOG });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

test('a form on another site names several newsletters: one mail, and the record says which site', async () => {
  const { db } = web.database;
  const email = 'several@example.org';
  const payload = `${form({ email, newsletter: 'weekly' })}&newsletter=daily&newsletter=none`;
  const headers = { ...FORM, referer: 'https://shop.example/page?secret=1#x' };
  const answer = await web.app.inject({ method: 'POST', url: '/subscribe/weekly', headers, payload });
  expect(answer.statusCode).toBe(200);
  expect(await confirmationsTo(db, email)).toHaveLength(1);
  const { subscriber_id: subscriber } = (await subscriptionOf(db, email, weekly))!;
  const records = await recordsOf(db, subscriber);
  expect(records).toHaveLength(2);
  expect(records[0]).toMatchObject({
    page: 'https://shop.example/page',
    wording: expect.stringContaining('Weekly and Daily'),
  });
});
