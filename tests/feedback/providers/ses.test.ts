import { beforeAll, describe, expect, test } from 'vitest';
import { NotAuthentic, NotUnderstood } from '../../../src/feedback/providers/provider.ts';
import { ses } from '../../../src/feedback/providers/ses.ts';
import { BARE, meanings, requestOf, senderOf, TOKEN } from './sender.ts';
import { confirmation, notification, rsaCertificate, signSns, TOPIC } from './sns-topic.ts';

let pair: ReturnType<typeof rsaCertificate>;
let fetched: string[];

beforeAll(() => {
  pair = rsaCertificate();
});

/** Certificates are remembered by their address, so each test has one of its own. */
let certificates = 0;
const newAddress = () =>
  `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${++certificates}.pem`;

function read(fields: Record<string, string>, more: Parameters<typeof senderOf>[0] = {}) {
  fetched = [];
  const fetchText = async (url: string) => {
    fetched.push(url);
    return url.endsWith('.pem') ? pair.cert : '<ConfirmSubscriptionResponse/>';
  };
  const sender = senderOf({ pinned: TOPIC, now: new Date(), fetchText, ...more });
  return ses.read(requestOf(fields), sender) as Promise<Awaited<ReturnType<typeof ses.read>>>;
}

const signed = (message: object | string, more: Record<string, string> = {}, version: '1' | '2' = '2') =>
  signSns(pair, notification(message, { SigningCertURL: newAddress(), ...more }), version);

const delivery = {
  eventType: 'Delivery',
  mail: { messageId: '0100', destination: ['ann@example.org'] },
  delivery: {},
};

describe('the signature', () => {
  test.each(['1', '2'] as const)('of version %s verifies, with and without a subject', async (version) => {
    expect(meanings(await read(signed(delivery, {}, version)))).toEqual(['delivered']);
    expect(meanings(await read(signed(delivery, { Subject: 'Amazon SES' }, version)))).toEqual(['delivered']);
  });

  test('needs its certificate once', async () => {
    const address = newAddress();
    await read(signed(delivery, { SigningCertURL: address }));
    expect(fetched).toEqual([address]);
    await read(signed(delivery, { SigningCertURL: address }));
    expect(fetched).toEqual([]);
  });

  test.each([
    [
      'another message',
      (fields: Record<string, string>) => ({ ...fields, Message: '{"eventType":"Bounce"}' }),
    ],
    ['another id', (fields: Record<string, string>) => ({ ...fields, MessageId: 'x' })],
    ['another version', (fields: Record<string, string>) => ({ ...fields, SignatureVersion: '1' })],
    ['an unknown version', (fields: Record<string, string>) => ({ ...fields, SignatureVersion: '3' })],
    ['no signature', ({ Signature: _, ...fields }: Record<string, string>) => fields],
    [
      'a type that changes what is signed',
      (fields: Record<string, string>) => ({ ...fields, Type: 'UnsubscribeConfirmation' }),
    ],
  ])('does not verify with %s', async (_what, change) => {
    await expect(read(change(signed(delivery)) as Record<string, string>)).rejects.toThrow(NotAuthentic);
  });

  test('of another topic does not count, though SNS signed it', async () => {
    const other = 'arn:aws:sns:eu-west-1:210987654321:ses-events';
    await expect(read(signed(delivery, { TopicArn: other }))).rejects.toThrow(NotAuthentic);
    await expect(read(signed(delivery), { pinned: null })).rejects.toThrow(NotAuthentic);
    expect(fetched).toEqual([]);
  });

  test('that is hours old does not count', async () => {
    const Timestamp = new Date(Date.now() - 3 * 3_600_000).toISOString();
    await expect(read(signed(delivery, { Timestamp }))).rejects.toThrow(NotAuthentic);
    await expect(read(signed(delivery, { Timestamp: 'yesterday' }))).rejects.toThrow(NotAuthentic);
  });

  test.each([
    'http://sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.us-east-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com.attacker.example/a.pem',
    'https://attacker.example/sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com@attacker.example/a.pem',
    'https://user@sns.eu-west-1.amazonaws.com/a.pem',
    'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
    'https://sns.eu-west-1.amazonaws.com/a.pem?x=1',
    'https://sns.eu-west-1.amazonaws.com/a/../b.txt',
    'https://169.254.169.254/a.pem',
    'file:///etc/passwd.pem',
    '',
  ])('with a certificate from %j does not count, and nothing is fetched', async (SigningCertURL) => {
    await expect(read(signed(delivery, { SigningCertURL }))).rejects.toThrow(NotAuthentic);
    expect(fetched).toEqual([]);
  });

  test('with something else in place of a certificate does not count', async () => {
    await expect(read(signed(delivery), { fetchText: async () => '<html>' })).rejects.toThrow(NotAuthentic);
  });
});

test('raw delivery, which is not signed, is refused with a hint', async () => {
  await expect(read(delivery as never)).rejects.toThrow(/raw delivery/);
  await expect(read(delivery as never)).rejects.toThrow(NotUnderstood);
});

describe('a subscription', () => {
  test('is confirmed at the address of the topic, whatever the message names', async () => {
    const SubscribeURL = 'https://169.254.169.254/latest/meta-data';
    const fields = confirmation({ SubscribeURL, SigningCertURL: newAddress() });
    expect(await read(signSns(pair, fields))).toEqual([]);
    const url = new URL(fetched[1]!);
    expect(fetched).toHaveLength(2);
    expect(url.origin + url.pathname).toBe('https://sns.eu-west-1.amazonaws.com/');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'ConfirmSubscription',
      Version: '2010-03-31',
      TopicArn: TOPIC,
      Token: 'token-of-the-subscription',
    });
  });

  test('of another topic is not confirmed', async () => {
    const fields = confirmation({ TopicArn: TOPIC.replace('ses', 'other'), SigningCertURL: newAddress() });
    await expect(read(signSns(pair, fields))).rejects.toThrow(NotAuthentic);
    expect(fetched).toEqual([]);
  });
});

const bounced = [
  { emailAddress: 'ann@example.org', status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 user unknown' },
];
const mail = { messageId: '0100', destination: ['ann@example.org'] };

test.each([
  [
    {
      notificationType: 'Bounce',
      bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: bounced },
    },
    'hard user-unknown',
  ],
  [
    {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'OnAccountSuppressionList',
        bouncedRecipients: bounced,
      },
    },
    'other suppressed-by-provider',
  ],
  [
    {
      eventType: 'Bounce',
      bounce: { bounceType: 'Permanent', bounceSubType: 'Suppressed', bouncedRecipients: bounced },
    },
    'other suppressed-by-provider',
  ],
  [
    {
      eventType: 'Bounce',
      bounce: { bounceType: 'Transient', bounceSubType: 'MailboxFull', bouncedRecipients: bounced },
    },
    'soft mailbox-full',
  ],
  [
    {
      eventType: 'Bounce',
      bounce: { bounceType: 'Transient', bounceSubType: 'ContentRejected', bouncedRecipients: bounced },
    },
    'block content',
  ],
  [
    {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Transient',
        bounceSubType: 'General',
        bouncedRecipients: [
          { emailAddress: 'ann@example.org', status: '5.3.0', diagnosticCode: 'smtp; 550 user unknown' },
        ],
      },
    },
    'soft temporary',
  ],
  [
    {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [
          {
            emailAddress: 'ann@example.org',
            status: '5.7.1',
            diagnosticCode: 'smtp; 550 5.7.1 Client host blocked using zen.spamhaus.org',
          },
        ],
      },
    },
    'block blocklisted',
  ],
  [
    {
      eventType: 'Complaint',
      complaint: {
        complaintFeedbackType: 'abuse',
        complainedRecipients: [{ emailAddress: 'ann@example.org' }],
      },
    },
    'feedback abuse',
  ],
  [
    {
      eventType: 'Complaint',
      complaint: {
        complaintFeedbackType: 'not-spam',
        complainedRecipients: [{ emailAddress: 'ann@example.org' }],
      },
    },
    'other not-spam',
  ],
  [
    {
      eventType: 'DeliveryDelay',
      deliveryDelay: { delayedRecipients: [{ emailAddress: 'ann@example.org' }] },
    },
    'other delayed',
  ],
  [{ eventType: 'Reject', reject: { reason: 'Bad content' } }, 'block content'],
  [{ eventType: 'Send' }, 'accepted'],
  [{ eventType: 'Open' }, 'delivered'],
  [{ eventType: 'Subscription' }, 'unsubscribed'],
])('%j means %s', async (event, meaning) => {
  expect(meanings(await read(signed({ mail, ...event })))).toEqual([meaning]);
});

test('the mail is found by our tag, our headers or the id of SES', async () => {
  const headers = [
    { name: 'X-Postrider-Id', value: TOKEN },
    { name: 'Message-ID', value: '<1.2.abc@example.org>' },
  ];
  const [byTag] = await read(signed({ ...delivery, mail: { ...mail, tags: { postrider: [BARE] } } }));
  const [byHeader] = await read(signed({ ...delivery, mail: { ...mail, headers } }));
  expect(byTag?.report.clues).toMatchObject({ deliveryTokens: [TOKEN], relayIds: ['0100'] });
  expect(byHeader?.report.clues).toMatchObject({
    deliveryTokens: [TOKEN],
    messageIds: ['1.2.abc@example.org'],
  });
});

test('a sentence of SES, a cancelled subscription and a new type mean nothing', async () => {
  expect(await read(signed('Successfully validated SNS topic for Amazon SES event publishing.'))).toEqual([]);
  expect(
    await read(
      signSns(pair, confirmation({ Type: 'UnsubscribeConfirmation', SigningCertURL: newAddress() })),
    ),
  ).toEqual([]);
  expect(await read(signed({ eventType: 'Teleport', mail }))).toEqual([]);
});

test('what is no topic cannot be pinned', () => {
  expect(ses.pins!.check(TOPIC)).toBe(TOPIC);
  expect(() => ses.pins!.check('arn:aws:s3:::bucket')).toThrow(/expected a topic/);
  expect(() => ses.pins!.check('arn:aws:sns:evil.example/:123456789012:x')).toThrow(/expected a topic/);
});
