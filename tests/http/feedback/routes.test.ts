import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutDots } from '../../../src/consent/dotless-token.ts';
import { createKey, pinKey, revokeKey } from '../../../src/feedback/events/keys.ts';
import type { ProviderName } from '../../../src/feedback/providers/providers.ts';
import {
  feedbackOf,
  keys,
  type Mailed,
  mailAgain,
  mailReader,
  suppressionsOf,
} from '../../feedback/fixtures.ts';
import {
  confirmation,
  notification,
  rsaCertificate,
  signSns,
  TOPIC,
} from '../../feedback/providers/sns-topic.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { openWeb, type Web } from '../harness.ts';

const MAILGUN = 'signing-key-of-mailgun-0123456789';
const RESEND = `whsec_${Buffer.from('a secret of the tests of resend').toString('base64')}`;

let web: Web;
let weekly: number;
let fetched: string[];
const sns = rsaCertificate();

beforeAll(async () => {
  fetched = [];
  web = await openWeb({
    keys,
    providerEvents: {
      secrets: [
        { provider: 'mailgun', secret: MAILGUN },
        { provider: 'resend', secret: RESEND },
      ],
      fetchText: async (url) => {
        fetched.push(url);
        return url.endsWith('.pem') ? sns.cert : 'confirmed';
      },
    },
  });
  weekly = await insertNewsletter(web.database.db);
});
afterAll(() => web.close());

const newKey = (provider: ProviderName, pinned: string | null = null) =>
  createKey(web.database.db, provider, pinned);

/** Addresses differ, so that one test's failures do not limit another's. */
let address = 0;
const post = (
  path: string,
  body: string | object,
  headers: Record<string, string> = {},
  remoteAddress?: string,
) =>
  web.app.inject({
    method: 'POST',
    url: `/feedback/${path}`,
    payload: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
    remoteAddress: remoteAddress ?? `198.18.${++address}.1`,
  });

const subscriptionOf = async ({ subscriber }: Mailed) =>
  web.database.db
    .selectFrom('subscriptions')
    .select(['state', 'left_by'])
    .where('subscriber_id', '=', subscriber)
    .where('newsletter_id', '=', weekly)
    .executeTakeFirstOrThrow();

const postmarkBounce = (mailed: Mailed, ID = 1) => ({
  RecordType: 'Bounce',
  Type: 'HardBounce',
  ID,
  Email: mailed.email,
  Details: 'smtp;550 5.1.1 no such user',
  Metadata: { postrider: withoutDots(mailed.token) },
});

describe('the key', () => {
  test('that is unknown, of another provider or revoked is answered like an unknown path', async () => {
    const { key, id } = await newKey('postmark');
    const answers = await Promise.all([
      post(`postmark/${'A'.repeat(43)}`, '{}'),
      post(`nobody/${key}`, '{}'),
      post(`brevo/${key}`, '{}'),
      post('postmark/short', '{}'),
      post('postmark/auth', '{}'),
      web.app.inject({ method: 'POST', url: '/no/such/page', payload: '{}' }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404, 404]);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect((await post(`postmark/${key}`, '{}')).statusCode).toBe(200);
    await revokeKey(web.database.db, id);
    expect((await post(`postmark/${key}`, '{}')).statusCode).toBe(404);
  });

  test('may come as a password or a bearer token instead', async () => {
    const { key } = await newKey('postmark');
    const basic = `Basic ${Buffer.from(`postrider:${key}`).toString('base64')}`;
    const statuses = await Promise.all(
      [basic, `Bearer ${key}`, 'Basic eDp5', `Bearer ${key}x`].map(
        async (authorization) => (await post('postmark/auth', '{}', { authorization })).statusCode,
      ),
    );
    expect(statuses).toEqual([200, 200, 404, 404]);
  });

  test('stands in no log and no row', async () => {
    const { key } = await newKey('brevo');
    await post(`brevo/${key}`, { event: 'delivered', email: 'ann@example.org' });
    const rows = await web.database.db.selectFrom('feedback_keys').selectAll().execute();
    expect(JSON.stringify(rows) + web.logged.join('\n')).not.toContain(key);
    expect(web.logged.join('\n')).not.toContain('ann@example.org');
  });

  test('GET, HEAD and OPTIONS do nothing', async () => {
    const { key } = await newKey('postmark');
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'] as const)
      expect((await web.app.inject({ method, url: `/feedback/postmark/${key}` })).statusCode).toBe(404);
  });

  test('is guessed from one network only so often, which does not slow the real one down', async () => {
    const { key } = await newKey('postmark');
    const ip = '203.0.113.7';
    await post(`postmark/${key}`, '{}', {}, ip);
    const guess = () => post(`postmark/${'B'.repeat(43)}`, '{}', {}, ip);
    for (let n = 0; n < 60; n += 1) expect((await guess()).statusCode).toBe(404);
    expect((await guess()).statusCode).toBe(429);
    expect((await post(`postmark/${key}`, '{}', {}, ip)).statusCode).toBe(200);
  });
});

describe('a request', () => {
  test('that is too large is refused before it is read', async () => {
    const { key } = await newKey('postmark');
    expect((await post(`postmark/${key}`, 'x'.repeat(1024 * 1024 + 1))).statusCode).toBe(413);
  });

  test('that is no JSON, empty or of another type is refused', async () => {
    const { key } = await newKey('postmark');
    for (const body of ['', 'no JSON', '"text"', '[[]]', 'null'])
      expect((await post(`postmark/${key}`, body)).statusCode).toBe(400);
  });

  test('is read by its bytes, whatever its content type says', async () => {
    const { key } = await newKey('postmark');
    for (const type of [
      'text/plain; charset=UTF-8',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
    ])
      expect((await post(`postmark/${key}`, '{}', { 'content-type': type })).statusCode).toBe(200);
  });
});

describe('a report', () => {
  test('suppresses a bad address, and the same again changes nothing', async () => {
    const mailed = await mailReader(web.database.db, weekly);
    const { key } = await newKey('postmark');
    const body = postmarkBounce(mailed);
    expect((await post(`postmark/${key}`, body)).body).toBe('ok\n');
    expect(await suppressionsOf(web.database.db, mailed)).toMatchObject([{ reason: 'bounce' }]);
    expect(await feedbackOf(web.database.db, mailed)).toMatchObject({
      state: 'accepted',
      feedback: 'bounced',
    });
    await Promise.all([1, 2, 3].map(() => post(`postmark/${key}`, body)));
    expect(await suppressionsOf(web.database.db, mailed)).toHaveLength(1);
  });

  test('in any order with the delivery ends the same', async () => {
    const { key } = await newKey('postmark');
    const delivered = (mailed: Mailed) => ({
      RecordType: 'Delivery',
      Recipient: mailed.email,
      Metadata: { postrider: withoutDots(mailed.token) },
    });
    const ends = [];
    for (const bounceFirst of [true, false]) {
      const mailed = await mailReader(web.database.db, weekly);
      const bodies = [postmarkBounce(mailed), delivered(mailed)];
      for (const body of bounceFirst ? bodies : bodies.reverse()) await post(`postmark/${key}`, body);
      const { state, feedback } = await feedbackOf(web.database.db, mailed);
      ends.push([state, feedback, (await suppressionsOf(web.database.db, mailed)).length]);
    }
    expect(ends).toEqual([
      ['accepted', 'bounced', 1],
      ['accepted', 'bounced', 1],
    ]);
  });

  test('about an address that is on the provider’s own list is no new bounce', async () => {
    const mailed = await mailReader(web.database.db, weekly);
    const { key } = await newKey('brevo');
    const body = {
      event: 'blocked',
      email: mailed.email,
      'X-Mailin-custom': `postrider:${withoutDots(mailed.token)}`,
    };
    expect((await post(`brevo/${key}`, body)).statusCode).toBe(200);
    expect(await suppressionsOf(web.database.db, mailed)).toEqual([]);
  });

  test('finds its delivery by the id that the relay gave', async () => {
    const mailed = await mailReader(web.database.db, weekly);
    await web.database.db
      .updateTable('deliveries')
      .set({ reply: '250 Ok 883953f4-6105-42a2' })
      .where('issue_id', '=', mailed.issue)
      .execute();
    const { key } = await newKey('postmark');
    await post(`postmark/${key}`, {
      RecordType: 'SpamComplaint',
      Email: mailed.email,
      MessageID: '883953f4-6105-42a2',
    });
    expect(await suppressionsOf(web.database.db, mailed)).toMatchObject([{ reason: 'complaint' }]);
  });
});

describe('a proof of delivery', () => {
  const brevo = (event: string, mailed: Mailed) => ({
    event,
    email: mailed.email,
    'X-Mailin-custom': `postrider:${withoutDots(mailed.token)}`,
  });

  test('settles an unknown', async () => {
    const mailed = await mailReader(web.database.db, weekly, 'unknown');
    const { key } = await newKey('brevo');
    await post(`brevo/${key}`, brevo('request', mailed));
    expect(await feedbackOf(web.database.db, mailed)).toMatchObject({
      state: 'accepted',
      reason: 'feedback',
    });
  });

  test.each(['planned', 'refused', 'skipped'] as const)('leaves what is %s alone', async (state) => {
    const mailed = await mailReader(web.database.db, weekly, state);
    const { key } = await newKey('brevo');
    await post(`brevo/${key}`, brevo('delivered', mailed));
    expect((await feedbackOf(web.database.db, mailed)).state).toBe(state);
  });

  test('is noted where a 250 is no acceptance, and nowhere else', async () => {
    const [first, second] = [
      await mailReader(web.database.db, weekly),
      await mailReader(web.database.db, weekly),
    ];
    const postmark = await newKey('postmark');
    const other = await newKey('brevo');
    const Metadata = { postrider: withoutDots(first.token) };
    await post(`postmark/${postmark.key}`, { RecordType: 'Delivery', Recipient: first.email, Metadata });
    await post(`brevo/${other.key}`, brevo('delivered', second));
    expect((await feedbackOf(web.database.db, first)).reason).toBe('feedback');
    expect((await feedbackOf(web.database.db, second)).reason).toBeNull();
  });

  test('that is forged settles nothing', async () => {
    const mailed = await mailReader(web.database.db, weekly, 'unknown');
    const { key } = await newKey('brevo');
    const forged = { ...brevo('delivered', mailed), 'X-Mailin-custom': `postrider:${'A'.repeat(48)}` };
    expect((await post(`brevo/${key}`, forged)).statusCode).toBe(200);
    expect((await feedbackOf(web.database.db, mailed)).state).toBe('unknown');
  });
});

test('leaving at the provider leaves that newsletter, and no other', async () => {
  const mailed = await mailReader(web.database.db, weekly);
  const monthly = await insertNewsletter(web.database.db);
  await web.database.db
    .insertInto('subscriptions')
    .values({
      newsletter_id: monthly,
      subscriber_id: mailed.subscriber,
      state: 'confirmed',
      confirmed_at: new Date(),
    })
    .execute();
  const { key } = await newKey('postmark');
  await post(`postmark/${key}`, {
    RecordType: 'SubscriptionChange',
    Recipient: mailed.email,
    SuppressSending: true,
    SuppressionReason: 'ManualSuppression',
    Origin: 'Recipient',
    Metadata: { postrider: withoutDots(mailed.token) },
  });
  expect(await subscriptionOf(mailed)).toEqual({ state: 'unsubscribed', left_by: 'reader' });
  const other = await web.database.db
    .selectFrom('subscriptions')
    .select('state')
    .where('newsletter_id', '=', monthly)
    .executeTakeFirstOrThrow();
  expect(other.state).toBe('confirmed');
  expect(await suppressionsOf(web.database.db, mailed)).toEqual([]);
});

describe('Mailgun', () => {
  const mailgun = (event: object, token: string) => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', MAILGUN)
      .update(timestamp + token)
      .digest('hex');
    return { signature: { timestamp, token, signature }, 'event-data': event };
  };
  const complained = (mailed: Mailed) => ({
    event: 'complained',
    recipient: mailed.email,
    'user-variables': { postrider: withoutDots(mailed.token) },
  });

  test('a token that was seen is worth nothing for another event', async () => {
    const [ann, bob] = [await mailReader(web.database.db, weekly), await mailReader(web.database.db, weekly)];
    const { key } = await newKey('mailgun');
    const real = mailgun(complained(ann), 'token-seen');
    expect((await post(`mailgun/${key}`, real)).statusCode).toBe(200);
    expect((await post(`mailgun/${key}`, real)).statusCode).toBe(200);
    const forged = { ...real, 'event-data': complained(bob) };
    expect((await post(`mailgun/${key}`, forged)).statusCode).toBe(403);
    expect(await suppressionsOf(web.database.db, ann)).toHaveLength(1);
    expect(await suppressionsOf(web.database.db, bob)).toEqual([]);
  });

  test('without its signature nothing happens', async () => {
    const ann = await mailReader(web.database.db, weekly);
    const { key } = await newKey('mailgun');
    const { statusCode, body } = await post(`mailgun/${key}`, { 'event-data': complained(ann) });
    expect([statusCode, body]).toEqual([403, 'refused\n']);
    expect(await suppressionsOf(web.database.db, ann)).toEqual([]);
  });
});

test('SendGrid: a list with its signature over the bytes', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { id, key } = await newKey('sendgrid');
  const [ann, bob] = [
    await mailReader(web.database.db, weekly, 'unknown'),
    await mailReader(web.database.db, weekly),
  ];
  const body = `[${JSON.stringify({ email: ann.email, event: 'processed', sg_event_id: 'a', postrider: withoutDots(ann.token) })},\r\n${JSON.stringify({ email: bob.email, event: 'spamreport', sg_event_id: 'b', postrider: withoutDots(bob.token) })}]\r\n`;
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const headers = {
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': sign(
      'sha256',
      Buffer.from(timestamp + body),
      pair.privateKey,
    ).toString('base64'),
  };
  expect((await post(`sendgrid/${key}`, body, headers)).statusCode).toBe(403);
  await pinKey(
    web.database.db,
    id,
    pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  );
  expect((await post(`sendgrid/${key}`, body, headers)).statusCode).toBe(200);
  expect((await feedbackOf(web.database.db, ann)).state).toBe('accepted');
  expect(await suppressionsOf(web.database.db, bob)).toMatchObject([{ reason: 'complaint' }]);
  expect((await post(`sendgrid/${key}`, body.trim(), headers)).statusCode).toBe(403);
});

test('Resend: signed as Standard Webhooks says', async () => {
  const mailed = await mailReader(web.database.db, weekly, 'unknown');
  const { key } = await newKey('resend');
  const headers = [{ name: 'X-Postrider-Id', value: mailed.token }];
  const body = JSON.stringify({ type: 'email.sent', data: { to: [mailed.email], headers } });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const secret = Buffer.from(RESEND.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', secret).update(`msg_1.${timestamp}.${body}`).digest('base64');
  const signed = { 'svix-id': 'msg_1', 'svix-timestamp': timestamp, 'svix-signature': `v1,${mac}` };
  expect((await post(`resend/${key}`, body, { ...signed, 'svix-signature': 'v1,AAAA' })).statusCode).toBe(
    403,
  );
  expect((await post(`resend/${key}`, body, signed)).statusCode).toBe(200);
  expect((await feedbackOf(web.database.db, mailed)).state).toBe('accepted');
});

test('SES: a topic is confirmed, and reports of both kinds about one mail act once', async () => {
  const mailed = await mailReader(web.database.db, weekly);
  const again = await mailAgain(web.database.db, weekly, mailed);
  const { key } = await newKey('ses', TOPIC);
  const plain = { 'content-type': 'text/plain; charset=UTF-8' };
  expect((await post(`ses/${key}`, signSns(sns, confirmation()), plain)).statusCode).toBe(200);
  expect(fetched.at(-1)).toMatch(/^https:\/\/sns\.eu-west-1\.amazonaws\.com\/\?Action=ConfirmSubscription&/);
  const bounce = {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    bouncedRecipients: [
      { emailAddress: again.email, status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 no such user' },
    ],
  };
  const mail = { messageId: '0100-000000', destination: [again.email] };
  const events = [
    { eventType: 'Bounce', bounce, mail: { ...mail, tags: { postrider: [withoutDots(again.token)] } } },
    {
      notificationType: 'Bounce',
      bounce,
      mail: { ...mail, headers: [{ name: 'X-Postrider-Id', value: again.token }] },
    },
  ];
  for (const event of events)
    expect((await post(`ses/${key}`, signSns(sns, notification(event)), plain)).statusCode).toBe(200);
  expect(await suppressionsOf(web.database.db, again)).toHaveLength(1);
  expect(await feedbackOf(web.database.db, again)).toMatchObject({ feedback: 'bounced' });
  expect(await feedbackOf(web.database.db, mailed)).toMatchObject({ feedback: null });
});
