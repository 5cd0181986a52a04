import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { NotAuthentic } from '../../../src/feedback/providers/provider.ts';
import { sendgrid } from '../../../src/feedback/providers/sendgrid.ts';
import { BARE, meanings, NOW, requestOf, senderOf, TOKEN } from './sender.ts';

/** Published in @sendgrid/eventwebhook 8.0.0, src/eventwebhook.spec.js. */
const one = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==',
  signature:
    'MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=',
  timestamp: '1600112502',
  body: `${JSON.stringify([
    {
      email: 'hello@world.com',
      event: 'dropped',
      reason: 'Bounced Address',
      sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA',
      sg_message_id: 'LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0',
      'smtp-id': '<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>',
      timestamp: 1600112492,
    },
  ])}\r\n`,
};
const several = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEQ4LIFtWztlsF7skFqOncjD1lun4H5w8XOhyOArHW9RcIx/FfEzx6cikC/yPfUvwaX/JScE7Fc9CJD2afQ9Ok3Q==',
  signature:
    'MEYCIQC/I4o6vCgqRYrTljjoVWB/GRWNtxeePlLMHr3x9ETeRQIhAIpV+03nREPTTHWSW0wIOA0EoMPdcNgXa70yCaqDJlu5',
  timestamp: '1619651159',
  body: `${JSON.stringify([
    {
      email: 'invalid@gmail.com',
      event: 'processed',
      send_at: 0,
      sg_event_id: 'cHJvY2Vzc2VkLTE5OTQyMTEyLXFOd0JMZ1BRUWpXNkRKdktRd1NBYnctMA',
      sg_message_id: 'qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0',
      'smtp-id': '<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>',
      timestamp: 1619651146,
    },
    {
      email: 'invalid@gmail.com',
      event: 'bounce',
      ip: '167.89.101.76',
      reason:
        '552 5.2.2 The email account that you tried to reach is over quota and inactive. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm c17si1130468pgv.34 - gsmtp',
      sg_event_id: 'Ym91bmNlLTAtMTk5NDIxMTItcU53QkxnUFFRalc2REp2S1F3U0Fidy0w',
      sg_message_id: 'qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0',
      'smtp-id': '<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net>',
      status: '5.2.2',
      timestamp: 1619651147,
      tls: 1,
      type: 'blocked',
    },
  ])
    .split('},{')
    .join('},\r\n{')}\r\n`,
};

const headersOf = ({ signature, timestamp }: { signature: string; timestamp: string }) => ({
  'x-twilio-email-event-webhook-signature': signature,
  'x-twilio-email-event-webhook-timestamp': timestamp,
});

const read = (
  vector: typeof one,
  change: { body?: string; now?: Date; key?: string; headers?: object } = {},
) =>
  sendgrid.read(
    requestOf(change.body ?? vector.body, { ...headersOf(vector), ...change.headers }),
    senderOf({
      pinned: change.key ?? vector.key,
      now: change.now ?? new Date(Number(vector.timestamp) * 1_000 + 5_000),
    }),
  ) as Awaited<ReturnType<typeof sendgrid.read>>;

describe('the published vectors', () => {
  test('verify, with their line ends', () => {
    expect(meanings(read(one))).toEqual(['other suppressed-by-provider']);
    expect(meanings(read(several))).toEqual(['accepted', 'soft mailbox-full']);
    expect(read(several)[1]).toMatchObject({
      id: 'Ym91bmNlLTAtMTk5NDIxMTItcU53QkxnUFFRalc2REp2S1F3U0Fidy0w',
      report: {
        recipients: [{ recipient: 'invalid@gmail.com', status: '5.2.2' }],
        clues: { messageIds: ['qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178p1mdw1.sendgrid.net'] },
      },
    });
  });

  test.each([
    ['JSON that was written again', { body: JSON.stringify(JSON.parse(one.body)) }],
    ['another body', { body: one.body.replace('dropped', 'bounced') }],
    ['the key of somebody else', { key: several.key }],
    ['another timestamp', { headers: { 'x-twilio-email-event-webhook-timestamp': '1600112503' } }],
    ['no signature', { headers: { 'x-twilio-email-event-webhook-signature': undefined } }],
    ['a signature that is none', { headers: { 'x-twilio-email-event-webhook-signature': 'abc' } }],
    ['two days later', { now: new Date(Number(one.timestamp) * 1_000 + 48 * 3_600_000) }],
    ['before its time', { now: new Date(Number(one.timestamp) * 1_000 - 3_600_000) }],
  ])('do not verify with %s', (_what, change) => {
    expect(() => read(one, change)).toThrow(NotAuthentic);
  });
});

test('nothing is accepted before the public key is set', () => {
  expect(() => sendgrid.read(requestOf(one.body, headersOf(one)), senderOf())).toThrow(NotAuthentic);
});

test('a key that is not on P-256 cannot be set', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const text = rsa.export({ format: 'der', type: 'spki' }).toString('base64');
  expect(() => sendgrid.pins!.check(text)).toThrow(/begins with MFkw/);
  expect(() => sendgrid.pins!.check('nonsense')).toThrow(/begins with MFkw/);
  expect(sendgrid.pins!.check(one.key)).toBe(one.key);
});

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Signed by a key of our own. */
function signed(events: object[]) {
  const timestamp = String(NOW.getTime() / 1_000);
  const body = JSON.stringify(events);
  const signature = sign('sha256', Buffer.from(timestamp + body), pair.privateKey).toString('base64');
  const pinned = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  return sendgrid.read(
    requestOf(body, headersOf({ signature, timestamp })),
    senderOf({ pinned }),
  ) as ReturnType<typeof read>;
}

test.each([
  [
    { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such user' },
    'hard user-unknown',
  ],
  [
    { event: 'bounce', type: 'bounce', reason: '550 5.7.1 blocked using zen.spamhaus.org' },
    'block blocklisted',
  ],
  [{ event: 'bounce', type: 'bounce', bounce_classification: 'Reputation' }, 'block policy'],
  [
    { event: 'bounce', type: 'bounce', bounce_classification: 'Mailbox Unavailable' },
    'soft mailbox-unavailable',
  ],
  [{ event: 'bounce', type: 'blocked', reason: '550 5.1.1 user unknown' }, 'block policy'],
  [{ event: 'deferred', response: '450 4.2.0 try later' }, 'other delayed'],
  [{ event: 'spamreport' }, 'feedback abuse'],
  [{ event: 'delivered' }, 'delivered'],
  [{ event: 'open' }, 'delivered'],
  [{ event: 'unsubscribe' }, 'unsubscribed'],
  [{ event: 'group_unsubscribe' }, 'unsubscribed'],
])('%j means %s', (event, meaning) => {
  expect(meanings(signed([{ email: 'ann@example.org', sg_event_id: 'x', ...event }]))).toEqual([meaning]);
});

test('what subscribes somebody again, or is new, means nothing', () => {
  expect(signed([{ event: 'group_resubscribe' }, { event: 'account_status_change' }])).toEqual([]);
});

test('our delivery id comes back as a unique argument', () => {
  const [event] = signed([{ event: 'delivered', postrider: BARE }]);
  expect(event?.report.clues.deliveryTokens).toEqual([TOKEN]);
});
