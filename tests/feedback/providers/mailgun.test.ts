import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { mailgun } from '../../../src/feedback/providers/mailgun.ts';
import { NotAuthentic, NotUnderstood } from '../../../src/feedback/providers/provider.ts';
import { BARE, meanings, NOW, requestOf, senderOf, TOKEN } from './sender.ts';

const KEY = 'key-of-the-webhooks-0123456789';
const timestamp = String(NOW.getTime() / 1_000);

const signatureOf = (key = KEY, at = timestamp, token = 'token-1') => ({
  timestamp: at,
  token,
  signature: createHmac('sha256', key)
    .update(at + token)
    .digest('hex'),
});

function read(event: object, more: object = { signature: signatureOf() }, secrets = [KEY]) {
  return mailgun.read(requestOf({ ...more, 'event-data': event }), senderOf({ secrets })) as Awaited<
    ReturnType<typeof mailgun.read>
  >;
}

test.each([
  [{ event: 'accepted' }, 'accepted'],
  [{ event: 'delivered' }, 'delivered'],
  [{ event: 'opened' }, 'delivered'],
  [{ event: 'unsubscribed' }, 'unsubscribed'],
  [{ event: 'complained' }, 'feedback abuse'],
  [
    {
      event: 'failed',
      severity: 'permanent',
      'delivery-status': { code: 550, message: '5.1.1 No such user' },
    },
    'hard user-unknown',
  ],
  [
    {
      event: 'failed',
      severity: 'permanent',
      'delivery-status': { code: 550, message: '5.7.1 blocked by policy' },
    },
    'block bad-reputation',
  ],
  [
    {
      event: 'failed',
      severity: 'permanent',
      'delivery-status': { code: 552, 'enhanced-code': '5.2.2', message: 'full' },
    },
    'soft mailbox-full',
  ],
  [
    {
      event: 'failed',
      severity: 'permanent',
      reason: 'suppress-bounce',
      'delivery-status': { code: 605, message: 'Not delivering to previously bounced address' },
    },
    'other suppressed-by-provider',
  ],
  [
    { event: 'failed', severity: 'permanent', 'delivery-status': { code: 606 } },
    'other suppressed-by-provider',
  ],
  [
    { event: 'failed', severity: 'permanent', 'delivery-status': { code: 607 } },
    'other suppressed-by-provider',
  ],
  [{ event: 'failed', severity: 'permanent', reason: 'espblock' }, 'block policy'],
  [
    { event: 'failed', severity: 'permanent', reason: 'old', 'delivery-status': { code: 602 } },
    'soft expired',
  ],
  [{ event: 'failed', severity: 'temporary', 'delivery-status': { code: 450 } }, 'other delayed'],
])('%j means %s', (event, meaning) => {
  expect(meanings(read({ recipient: 'ann@example.org', ...event }))).toEqual([meaning]);
});

test('the mail is found by our variable or its Message-ID', () => {
  const [event] = read({
    event: 'failed',
    severity: 'permanent',
    recipient: 'ann@example.org',
    'user-variables': { postrider: BARE },
    message: { headers: { 'message-id': '1.2.abc@example.org' } },
  });
  expect(event).toMatchObject({
    id: 'token-1',
    report: { clues: { deliveryTokens: [TOKEN], messageIds: ['1.2.abc@example.org'] } },
  });
});

test('the event of a subaccount counts by the signature of its parent', () => {
  const more = { signature: signatureOf('key-of-the-subaccount'), 'parent-signature': signatureOf(KEY) };
  expect(meanings(read({ event: 'delivered' }, more))).toEqual(['delivered']);
});

test.each([
  ['another key', { signature: signatureOf('another-key-0123456789') }],
  ['another token', { signature: { ...signatureOf(), token: 'token-2' } }],
  ['another time', { signature: { ...signatureOf(), timestamp: String(Number(timestamp) + 1) } }],
  ['a day later', { signature: signatureOf(KEY, String(Number(timestamp) - 86_400)) }],
  ['no signature', {}],
  ['a signature that is none', { signature: { ...signatureOf(), signature: 'xyz' } }],
])('nothing counts with %s', (_what, more) => {
  expect(() => read({ event: 'delivered' }, more)).toThrow(NotAuthentic);
});

test('nothing counts while no key is set', () => {
  expect(() => read({ event: 'delivered' }, undefined, [])).toThrow(NotAuthentic);
});

test.each(['', 'no JSON', '"text"', 'null', '[1]'])('the body %j is not understood', (body) => {
  expect(() => mailgun.read(requestOf(body), senderOf({ secrets: [KEY] }))).toThrow(NotUnderstood);
});

test('the content goes along, since the signature does not cover it', () => {
  const [first] = read({ event: 'delivered', recipient: 'ann@example.org' });
  const [forged] = read({ event: 'complained', recipient: 'bob@example.org' });
  expect(first?.id).toBe(forged?.id);
  expect(first?.content).not.toBe(forged?.content);
});
