import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NotAuthentic } from '../../../src/feedback/providers/provider.ts';
import { resend } from '../../../src/feedback/providers/resend.ts';
import { verifyStandardWebhook } from '../../../src/feedback/providers/standard-webhooks.ts';
import { meanings, NOW, requestOf, senderOf, TOKEN } from './sender.ts';

/** The vector of Standard Webhooks and of Svix's documentation. */
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

const headers = (prefix: string, signature = vector.signature) => ({
  [`${prefix}-id`]: vector.id,
  [`${prefix}-timestamp`]: vector.timestamp,
  [`${prefix}-signature`]: signature,
});
const at = (seconds: number) => new Date((Number(vector.timestamp) + seconds) * 1_000);
const known = (seconds = 10, secrets = [vector.secret]) => senderOf({ secrets, now: at(seconds) });

describe('the published vector', () => {
  test.each(['webhook', 'svix'])('verifies with headers that begin with %s-', (prefix) => {
    expect(verifyStandardWebhook(requestOf(vector.body, headers(prefix)), known())).toBe(vector.id);
  });

  test('verifies beside signatures of other keys, and with an older secret', () => {
    const signatures = `v1,${Buffer.alloc(32).toString('base64')} v2,abc ${vector.signature}`;
    const secrets = ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD', vector.secret];
    expect(
      verifyStandardWebhook(requestOf(vector.body, headers('svix', signatures)), known(10, secrets)),
    ).toBe(vector.id);
  });

  test.each([
    ['another body', requestOf('{"test": 2432232315}', headers('svix')), known()],
    [
      'JSON that was written again',
      requestOf(JSON.stringify(JSON.parse(vector.body)), headers('svix')),
      known(),
    ],
    ['another id', requestOf(vector.body, { ...headers('svix'), 'svix-id': 'msg_x' }), known()],
    [
      'another secret',
      requestOf(vector.body, headers('svix')),
      known(10, ['whsec_AAAAAAAAAAAAAAAAAAAAAAAA']),
    ],
    ['no secret', requestOf(vector.body, headers('svix')), known(10, [])],
    [
      'another version of signatures',
      requestOf(vector.body, headers('svix', vector.signature.replace('v1', 'v2'))),
      known(),
    ],
    ['an old timestamp', requestOf(vector.body, headers('svix')), known(301)],
    ['a timestamp to come', requestOf(vector.body, headers('svix')), known(-301)],
    ['no headers', requestOf(vector.body), known()],
  ])('does not verify with %s', (_what, request, sender) => {
    expect(() => verifyStandardWebhook(request, sender)).toThrow(NotAuthentic);
  });
});

function read(event: object) {
  const body = JSON.stringify(event);
  const timestamp = String(NOW.getTime() / 1_000);
  const key = Buffer.from(vector.secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`msg_1.${timestamp}.${body}`).digest('base64');
  const signed = { 'svix-id': 'msg_1', 'svix-timestamp': timestamp, 'svix-signature': `v1,${mac}` };
  return resend.read(requestOf(body, signed), senderOf({ secrets: [vector.secret] })) as Awaited<
    ReturnType<typeof resend.read>
  >;
}

test.each([
  ['email.sent', {}, 'accepted'],
  ['email.delivered', {}, 'delivered'],
  ['email.delivery_delayed', {}, 'other delayed'],
  ['email.complained', {}, 'feedback abuse'],
  ['email.suppressed', {}, 'other suppressed-by-provider'],
  ['email.failed', { failed: { reason: 'reached_daily_quota' } }, 'block refused-by-provider'],
  [
    'email.bounced',
    {
      bounce: {
        type: 'Permanent',
        subType: 'General',
        message: "The recipient's email provider sent a hard bounce message.",
      },
    },
    'hard user-unknown',
  ],
  [
    'email.bounced',
    {
      bounce: {
        type: 'Permanent',
        subType: 'Suppressed',
        message: 'Resend has suppressed sending to this address.',
      },
    },
    'other suppressed-by-provider',
  ],
  [
    'email.bounced',
    { bounce: { type: 'Transient', subType: 'MailboxFull', message: 'inbox full' } },
    'soft mailbox-full',
  ],
])('%s with %j means %s', (type, data, meaning) => {
  expect(meanings(read({ type, data: { to: ['ann@example.org'], ...data } }))).toEqual([meaning]);
});

test('the mail is found by our header, its Message-ID or the id of Resend', () => {
  const headers = [
    { name: 'X-Postrider-Id', value: TOKEN },
    { name: 'Message-ID', value: '<1.2.abc@example.org>' },
  ];
  const [event] = read({
    type: 'email.delivered',
    data: { email_id: '56761188-7520', to: ['Ann <ann@example.org>'], headers },
  });
  expect(event).toMatchObject({
    id: 'msg_1',
    report: {
      recipients: [{ recipient: 'ann@example.org' }],
      clues: { deliveryTokens: [TOKEN], messageIds: ['1.2.abc@example.org'] },
    },
  });
});

test('of several recipients nobody is named', () => {
  const [event] = read({ type: 'email.bounced', data: { to: ['ann@example.org', 'bob@example.org'] } });
  expect(event?.report.recipients[0]?.recipient).toBeNull();
});

test('events about contacts and domains mean nothing', () => {
  expect(read({ type: 'contact.created', data: {} })).toEqual([]);
});
