import { solveChallenge } from 'altcha-lib/v1';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Challenge } from '../../../src/consent/signup/proof.ts';
import { formToken } from '../../../src/consent/tokens.ts';
import { OPENED_AT } from '../../../src/http/subscribe/input.ts';
import { confirmationsTo, keys } from '../../consent/fixtures.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { FORM, form, openWeb, type Web } from '../harness.ts';

let web: Web;

beforeAll(async () => {
  web = await openWeb();
  await insertNewsletter(web.database.db, { slug: 'weekly', name: 'Weekly' });
  await insertNewsletter(web.database.db, { slug: 'lasting', disposable: 'refuse' });
  await insertNewsletter(web.database.db, { slug: 'proved', name: 'Proved', proof: true });
});
afterAll(() => web.close());

const submit = (fields: Record<string, string>, path = '/subscribe/weekly') =>
  web.app.inject({ method: 'POST', url: path, headers: FORM, payload: form(fields) });
const mails = (email: string) => confirmationsTo(web.database.db, email);
const openedAt = (secondsAgo: number) => formToken(keys, new Date(Date.now() - secondsAgo * 1000));

test.each([
  ['at once', () => openedAt(0)],
  ['with a time from tomorrow', () => openedAt(-86_400)],
  ['two days later', () => openedAt(2 * 86_400)],
  ['with a time of its own', () => `${openedAt(60)}x`],
])('a form that comes back %s takes one more click', async (how, time) => {
  const email = `quick-${how.replaceAll(' ', '-')}@example.org`;
  const answer = await submit({ email, name: 'Ann', [OPENED_AT]: time() });
  expect(answer.statusCode).toBe(200);
  expect(answer.body).toContain('One more click');
  expect(await mails(email)).toEqual([]);
  await submit({ email, pressed: 'subscribe' });
  expect(await mails(email)).toHaveLength(1);
});

test('a form that took a person some seconds is taken', async () => {
  await submit({ email: 'person@example.org', [OPENED_AT]: openedAt(5) });
  expect(await mails('person@example.org')).toHaveLength(1);
});

test('a mistyped domain is asked about, and either answer is respected', async () => {
  const answer = await submit({ email: 'ann@gmial.com', name: 'Ann <b>' });
  expect(answer.body).toContain('Did you mean ann@gmail.com?');
  expect(answer.body).toContain('value="Ann &lt;b&gt;"');
  expect([await mails('ann@gmial.com'), await mails('ann@gmail.com')]).toEqual([[], []]);
  await submit({ email: 'ann@gmial.com', pressed: 'suggested' });
  expect(await mails('ann@gmail.com')).toEqual(['ann@gmail.com']);
  await submit({ email: 'bob@gmial.com', pressed: 'subscribe' });
  expect(await mails('bob@gmial.com')).toEqual(['bob@gmial.com']);
});

test('mailboxes of minutes are refused where the newsletter says so, and nowhere else', async () => {
  const email = 'brief@mailinator.com';
  const refused = await submit({ email }, '/subscribe/lasting');
  expect(refused.statusCode).toBe(400);
  expect(refused.body).toContain('use a lasting one');
  expect((await submit({ email: 'brief@sub.mailinator.com' }, '/subscribe/lasting')).statusCode).toBe(400);
  expect(await mails(email)).toEqual([]);
  await submit({ email });
  expect(await mails(email)).toHaveLength(1);
});

test('with proof of work nobody is signed up without a solution, and a solution works once', async () => {
  const email = 'proved@example.org';
  const page = await submit({ email }, '/subscribe/proved');
  expect(page.body).toContain('needs JavaScript');
  expect(page.headers['content-security-policy']).toMatch(/script-src 'sha256-/);
  await submit({ email, pressed: 'subscribe', altcha: 'bm9uc2Vuc2U=' }, '/subscribe/proved');
  expect(await mails(email)).toEqual([]);
  const solution = await solve(page.body);
  await submit({ email, pressed: 'subscribe', altcha: solution }, '/subscribe/proved');
  expect(await mails(email)).toHaveLength(1);
  await submit({ email: 'again@example.org', pressed: 'subscribe', altcha: solution }, '/subscribe/proved');
  expect(await mails('again@example.org')).toEqual([]);
});

/** As the page's script does it. */
async function solve(page: string): Promise<string> {
  const data = (name: string) =>
    new RegExp(`data-${name}="([^"]*)"`).exec(page)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const { challenge, salt, signature }: Pick<Challenge, 'challenge' | 'salt' | 'signature'> = {
    challenge: data('challenge'),
    salt: data('salt'),
    signature: data('signature'),
  };
  const found = await solveChallenge(challenge, salt, 'SHA-256', Number(data('max'))).promise;
  const solved = { algorithm: 'SHA-256', challenge, number: found!.number, salt, signature };
  return Buffer.from(JSON.stringify(solved)).toString('base64');
}
