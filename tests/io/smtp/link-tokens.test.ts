import { expect, test } from 'vitest';
import { returnPath } from '../../../src/consent/mail/mail-tokens.ts';
import { deliveryToken, unsubscribeToken } from '../../../src/consent/tokens.ts';
import { ReplyReader } from '../../../src/io/smtp/replies.ts';
import { keys } from '../../consent/fixtures.ts';

const person = { newsletter: 3, subscriber: 1_000_000, linkKey: 0xfedc_ba98_7654 };
const mail = { issue: 12, delivery: 44_000_000 };
const token = unsubscribeToken(keys, { ...person, ...mail });
const id = deliveryToken(keys, { ...mail, linkKey: person.linkKey });

const said = (reply: string) => new ReplyReader().push(Buffer.from(reply))[0]!.text;

test.each([
  `550 5.7.1 blocked: https://news.example.org/mail/unsubscribe/${token} is listed\r\n`,
  `553 5.7.1 <${returnPath(id, 'bounces.example.org')}>: sender rejected\r\n`,
  `554 content <https://news.example.org/unsubscribe/${token}> rejected é\r\n`,
  `550 X-Postrider-Id: ${id} looks odd\r\n`,
  `550-5.7.1 bad link https://news.example.org/unsubscribe/${token.slice(0, 30)}\r\n550 5.7.1 ${token.slice(30)}\r\n`,
  `550 ${'x'.repeat(900)} https://news.example.org/unsubscribe/${token}${'y'.repeat(100)}\r\n`,
])('a reply that quotes a link of ours is kept without its token: %j', (reply) => {
  const text = said(reply);
  for (let at = 0; at + 30 < token.length; at += 5) expect(text).not.toContain(token.slice(at, at + 30));
  expect(text).not.toContain(id);
  expect(text).not.toMatch(/bounce\+[a-z2-7]/);
  expect(text).toContain('[removed]');
});

test.each([
  '250 2.0.0 OK  1699999999 d2e1a72fcca58-6c4e8b5f4f2.12 - gsmtp',
  '250 2.6.0 <0102018b-1@eu-west-1.amazonses.com> [InternalId=123, Hostname=AM0P.eurprd04.prod.outlook.com] Queued',
  '550 5.1.1 https://support.example.com/mail/?p=NoSuchUser abcd.example.org',
])('what else relays say stays as it is: %s', (reply) => {
  expect(`${reply.slice(0, 4)}${said(`${reply}\r\n`)}`).toBe(reply);
});
