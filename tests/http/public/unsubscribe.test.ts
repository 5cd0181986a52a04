import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eraseSubscriber } from '../../../src/audience/erase.ts';
import { Keys } from '../../../src/consent/keys.ts';
import { hashedIp } from '../../../src/consent/record.ts';
import { confirmToken, unsubscribeToken } from '../../../src/consent/tokens.ts';
import { openDb, openPool } from '../../../src/db/connection.ts';
import { buildServer } from '../../../src/http/server/server.ts';
import { systemClock } from '../../../src/io/clock.ts';
import { deliveryState, keys, linkTo, recordsOf, subscriptionOf } from '../../consent/fixtures.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { FORM, form, openWeb, type Web } from '../harness.ts';

let web: Web;
let origin: string;
let weekly: number;
let person = 0;
let email: string;
let subscriber: number;
let token: string;

beforeAll(async () => {
  web = await openWeb();
  origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  weekly = await insertNewsletter(web.database.db, { slug: 'weekly' });
});
afterAll(() => web.close());

beforeEach(async () => {
  email = `reader${person++}@example.org`;
  subscriber = await insertSubscriber(web.database.db, email, weekly, 'confirmed');
  const mail = await insertDelivery(web.database.db, weekly, subscriber, 'accepted');
  token = unsubscribeToken(keys, { ...(await linkTo(web.database.db, weekly, subscriber)), ...mail });
});

const state = async () => (await subscriptionOf(web.database.db, email, weekly))?.state;
const post = (body: BodyInit, headers: Record<string, string> = {}, to = token) =>
  fetch(`${origin}/unsubscribe/${to}`, { method: 'POST', body, headers, redirect: 'manual' });

function multipart(value = 'One-Click'): FormData {
  const body = new FormData();
  body.set('List-Unsubscribe', value);
  return body;
}

function prototype(): FormData {
  const body = new FormData();
  body.set('__proto__', 'One-Click');
  return body;
}

describe('one click (RFC 8058), over a real socket', () => {
  test.each([
    ['application/x-www-form-urlencoded', () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
    ['multipart/form-data', () => multipart()],
  ])('as %s: 200 without cookie or redirect, and gone', async (_type, body) => {
    const planned = await insertDelivery(web.database.db, weekly, subscriber, 'planned');
    const answer = await post(body());
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(answer.headers.get('location')).toBeNull();
    expect(await state()).toBe('unsubscribed');
    expect((await deliveryState(web.database.db, planned)).state).toBe('skipped');
    expect(await recordsOf(web.database.db, subscriber)).toMatchObject([
      {
        step: 'unsubscribed',
        source: 'one-click',
        ip: null,
        ip_hash: hashedIp(keys, '127.0.0.1'),
        page: '/unsubscribe',
      },
    ]);
    expect((await post(body())).status, 'already gone').toBe(200);
  });

  test('exactly as the big providers write it on the wire', async () => {
    const body = 'List-Unsubscribe=One-Click';
    const answer = await raw(
      `POST /unsubscribe/${token} HTTP/1.1\r\nHost: news.example.org\r\nContent-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await state()).toBe('unsubscribed');
  });

  test('twenty at once are all answered 200, with one record', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(multipart())));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    expect(await recordsOf(web.database.db, subscriber)).toHaveLength(1);
  });

  test('by a link of an old mail, signed by a key that is no longer the newest', async () => {
    const rotated = new Keys([
      'the newest secret of the tests, long enough',
      'a secret of the tests that is long enough',
    ]);
    const app = buildServer({ ...web.parts, keys: rotated });
    const answer = await app.inject({
      method: 'POST',
      url: `/unsubscribe/${token}`,
      headers: FORM,
      payload: 'List-Unsubscribe=One-Click',
    });
    await app.close();
    expect(answer.statusCode).toBe(200);
    expect(await state()).toBe('unsubscribed');
  });

  test('of somebody who was erased meanwhile is 200 as well', async () => {
    await eraseSubscriber(web.database.db, keys, systemClock, email);
    expect((await post(multipart())).status).toBe(200);
  });
});

describe('what is not one click does not act', () => {
  test.each([
    ['no body', '', FORM],
    ['another value', form({ 'List-Unsubscribe': 'Two-Click' }), FORM],
    ['another field', form({ unsubscribe: '1' }), FORM],
    ['a field of the prototype', form({ __proto__: 'x', constructor: 'One-Click' }), FORM],
    ['the right words as plain text', 'List-Unsubscribe=One-Click', { 'content-type': 'text/plain' }],
    ['JSON', JSON.stringify({ 'List-Unsubscribe': 'One-Click' }), { 'content-type': 'application/json' }],
    ['a broken multipart', 'xx', { 'content-type': 'multipart/form-data; boundary=q' }],
    ['another value in multipart/form-data', multipart('No'), {}],
    ['a field of the prototype in multipart/form-data', prototype(), {}],
    ['a multipart without boundary', 'xx', { 'content-type': 'multipart/form-data' }],
  ])('%s: a page, and nothing done', async (_name, body, headers) => {
    const answer = await post(body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
    expect(await state()).toBe('confirmed');
  });

  const large = 'y'.repeat(70_000);
  const withFile = multipart();
  withFile.set('file', new Blob([large]), 'large.bin');
  const manyFields = multipart();
  for (let n = 0; n < 30; n++) manyFields.set(`x${n}`, 'y'.repeat(3_000));

  test.each([
    ['a form', form({ 'List-Unsubscribe': 'One-Click', x: large }), FORM],
    ['multipart with a large file', withFile, {}],
    ['multipart with many fields', manyFields, {}],
    ['plain text', large, { 'content-type': 'text/plain' }],
    ['JSON', JSON.stringify({ large }), { 'content-type': 'application/json' }],
    ['an unknown type', large, { 'content-type': 'application/x-nobody-knows' }],
  ])('a body over 64 KB (%s) is 413', async (_what, body, headers) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(413);
    expect(await state()).toBe('confirmed');
  });

  test.each([
    FORM['content-type'],
    'multipart/form-data; boundary=q',
    'text/plain',
    'application/x-nobody-knows',
  ])('a body over 64 KB in chunks without a length (%s) is 413, or cut off', async (type) => {
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(
          new TextEncoder().encode('--q\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n'),
        );
        for (let n = 0; n < 20; n++) controller.enqueue(new Uint8Array(8_192).fill(121));
        controller.close();
      },
    });
    const answer = await fetch(`${origin}/unsubscribe/${token}`, {
      method: 'POST',
      body,
      headers: { 'content-type': type },
      duplex: 'half',
    } as RequestInit).catch(() => null);
    expect([413, undefined]).toContain(answer?.status);
    expect(await state()).toBe('confirmed');
  });

  test.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])('%s changes nothing', async (method) => {
    const answer = await fetch(
      `${origin}/unsubscribe/${token}?List-Unsubscribe=One-Click&pressed=unsubscribe`,
      {
        method,
        headers: { purpose: 'prefetch' },
      },
    );
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(await state()).toBe('confirmed');
    expect(await recordsOf(web.database.db, subscriber)).toEqual([]);
  });

  test('a link for another purpose, or tampered with', async () => {
    const ref = await linkTo(web.database.db, weekly, subscriber);
    const swapped = confirmToken(keys, ref, new Date());
    for (const wrong of [swapped, `${token.slice(0, -1)}.`, token.slice(0, -1), `${token}A`, 'x'.repeat(700)])
      expect((await post(multipart(), {}, wrong)).status).toBe(404);
    expect(await state()).toBe('confirmed');
  });
});

describe('the page for people', () => {
  test('GET shows a button; the POST of it unsubscribes and offers the way back', async () => {
    const page = await (await fetch(`${origin}/unsubscribe/${token}`)).text();
    expect(page).toContain('<button');
    expect(page).not.toContain('<script');
    const done = await post(new URLSearchParams({ pressed: 'unsubscribe' }));
    expect(done.status).toBe(200);
    expect(await done.text()).toContain('value="undo"');
    expect(await state()).toBe('unsubscribed');
    expect((await recordsOf(web.database.db, subscriber))[0]).toMatchObject({
      source: 'page',
      language: 'en',
    });
  });
});

describe('the same link afterwards', () => {
  test('after one-click leaving the page says so and does not ask again', async () => {
    expect((await post(multipart())).status).toBe(200);
    const page = await (await fetch(`${origin}/unsubscribe/${token}`)).text();
    expect(page).toContain('You are unsubscribed');
    expect(page).not.toContain('<button');
    expect((await post(multipart())).status, 'and one click stays 200').toBe(200);
  });

  test('of a number that is somebody else now: 404 for the mail program and the page, and nothing done', async () => {
    const wrong = {
      ...(await linkTo(web.database.db, weekly, subscriber)),
      linkKey: 1,
      issue: 1,
      delivery: 1,
    };
    const link = unsubscribeToken(keys, wrong);
    const click = await post(multipart(), {}, link);
    expect(click.status).toBe(404);
    expect(await click.text()).not.toContain('unsubscribed');
    expect((await fetch(`${origin}/unsubscribe/${link}`)).status).toBe(404);
    expect((await post(new URLSearchParams({ pressed: 'unsubscribe' }), {}, link)).status).toBe(404);
    expect(await state()).toBe('confirmed');
  });
});

describe('when the database is away', () => {
  test('one click is 503 and says when to try again; the page is 503 and says that nothing changed', async () => {
    const pool = openPool('postgres://postgres@127.0.0.1:1/none', {
      max: 1,
      applicationName: 'test',
      onError: () => {},
    });
    const app = buildServer({ ...web.parts, db: openDb(pool) });
    const url = `/unsubscribe/${token}`;
    const click = await app.inject({
      method: 'POST',
      url,
      headers: FORM,
      payload: 'List-Unsubscribe=One-Click',
    });
    const page = await app.inject({ url, headers: { 'accept-language': 'zh-CN' } });
    await app.close();
    await pool.end();
    expect(click.statusCode).toBe(503);
    expect(click.headers['retry-after']).toBeDefined();
    expect(page.statusCode).toBe(503);
    expect(page.body).toContain('没有做任何更改');
  });

  test('also when it goes in the middle: 503, never a 200 without the commit', async () => {
    const pool = openPool(web.database.url, { max: 2, applicationName: 'doomed', onError: () => {} });
    const app = buildServer({ ...web.parts, db: openDb(pool) });
    await pool.query('SELECT 1');
    await pool.end();
    const click = await app.inject({
      method: 'POST',
      url: `/unsubscribe/${token}`,
      headers: FORM,
      payload: 'List-Unsubscribe=One-Click',
    });
    await app.close();
    expect(click.statusCode).toBe(503);
    expect(await state()).toBe('confirmed');
  });

  test('a connection cut by the server while the act waits is 503 as well', async () => {
    const { pool: outside } = web.database;
    const holder = await outside.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM subscriptions WHERE subscriber_id = $1 FOR UPDATE', [subscriber]);
    const pool = openPool(web.database.url, { max: 1, applicationName: 'to-be-cut', onError: () => {} });
    const app = buildServer({ ...web.parts, db: openDb(pool) });
    const click = app.inject({
      method: 'POST',
      url: `/unsubscribe/${token}`,
      headers: FORM,
      payload: 'List-Unsubscribe=One-Click',
    });
    const answered = click.then((answer) => answer.statusCode);
    let cut = 0;
    while (cut === 0) {
      const { rowCount } = await outside.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'to-be-cut' AND wait_event_type = 'Lock'`,
      );
      cut = rowCount ?? 0;
    }
    expect(await answered).toBe(503);
    await holder.query('ROLLBACK');
    holder.release();
    await app.close();
    await pool.end();
    expect(await state()).toBe('confirmed');
  });
});

function raw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket
      .on('data', (chunk) => {
        answer += chunk;
      })
      .on('end', () => resolve(answer))
      .on('error', reject);
  });
}
