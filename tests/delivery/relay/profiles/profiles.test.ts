import { describe, expect, test } from 'vitest';
import { withDots } from '../../../../src/consent/dotless-token.ts';
import { deliveryToken } from '../../../../src/consent/tokens.ts';
import type { RelayProfile } from '../../../../src/delivery/relay/profiles/profile.ts';
import { profileNames, profiles } from '../../../../src/delivery/relay/profiles/profiles.ts';
import { classifyOpening, classifyReply } from '../../../../src/delivery/replies/classify.ts';
import { compileMessages } from '../../../../src/render/message/message.ts';
import { keys } from '../../../consent/fixtures.ts';
import { edition } from '../../fixtures.ts';
import { replyOf } from '../../reply-of.ts';

/** The longest that there can be. */
const TOKEN = deliveryToken(keys, { issue: 2 ** 40, delivery: 2 ** 50, linkKey: 2 ** 48 - 1 });
const BARE = TOKEN.replaceAll('.', '');

const fill = {
  to: { name: '', address: 'ann@example.net' },
  reader: { email: 'ann@example.net', name: null, language: null, attributes: {} },
  links: { unsubscribe: 'https://news.example.org/unsubscribe/x' },
  messageId: '1.2.abc@example.org',
  deliveryId: TOKEN as string | null,
  date: new Date('2026-12-01T12:00:00Z'),
};

const headerOf = ({ headers }: Pick<RelayProfile, 'headers'>, deliveryId: string | null = TOKEN) => {
  const text = compileMessages(edition, { headers })({ ...fill, deliveryId }).toString();
  const head = text.slice(0, text.indexOf('\r\n\r\n'));
  return {
    head,
    field: (name: string) => new RegExp(`^${name}: (.*)\\r?$`, 'm').exec(`${head}\r`)?.[1]?.trim(),
  };
};

describe('the header of a message', () => {
  test.each([
    ['ses', 'X-SES-MESSAGE-TAGS', `postrider=${BARE}`],
    ['sendgrid', 'X-SMTPAPI', `{"unique_args":{"postrider":"${BARE}"}}`],
    ['mailgun', 'X-Mailgun-Variables', `{"postrider":"${BARE}"}`],
    ['postmark', 'X-PM-Metadata-postrider', BARE],
    ['brevo', 'X-Mailin-custom', `postrider:${BARE}`],
    ['resend', 'Resend-Idempotency-Key', `postrider-${BARE}`],
    ['sparkpost', 'X-MSYS-API', `{"metadata":{"postrider":"${BARE}"}}`],
    ['mailjet', 'X-MJ-CustomID', BARE],
    ['tencent', 'X-Tencentcloudses-Cb-Custom', BARE],
  ])('carries the delivery through %s in %s', (name, field, value) => {
    const { head, field: fieldOf } = headerOf(profiles[name]!);
    expect(fieldOf(field)).toBe(value);
    expect(fieldOf('X-Postrider-Id')).toBe(TOKEN);
    for (const line of head.split('\r\n')) expect(line.length).toBeLessThanOrEqual(998);
  });

  test('keeps to what the providers allow', () => {
    expect(BARE).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
    expect('postrider'.length).toBeLessThanOrEqual(20);
    expect(headerOf(profiles.ses!).field('X-SES-MESSAGE-TAGS')).toMatch(
      /^[A-Za-z0-9_-]{1,256}=[A-Za-z0-9_-]{1,256}$/,
    );
    expect(headerOf(profiles.resend!).field('Resend-Idempotency-Key')!.length).toBeLessThanOrEqual(256);
    for (const [name, field] of [
      ['sendgrid', 'X-SMTPAPI'],
      ['mailgun', 'X-Mailgun-Variables'],
      ['sparkpost', 'X-MSYS-API'],
    ])
      expect(JSON.stringify(JSON.parse(headerOf(profiles[name!]!).field(field!)!))).toContain(BARE);
    expect(withDots(BARE)).toBe(TOKEN);
  });

  test('is the same on every attempt', () => {
    for (const name of profileNames)
      expect(headerOf(profiles[name]!).head).toBe(headerOf(profiles[name]!).head);
  });

  test('of a test message, which has no delivery, carries nothing', () => {
    for (const name of profileNames)
      expect(headerOf(profiles[name]!, null).head).not.toMatch(/\{\{|postrider/i);
    expect(headerOf(profiles.postmark!, null).field('X-PM-KeepID')).toBe('true');
  });

  test('without a profile is what it was', () => {
    const { head } = headerOf({ headers: {} });
    expect(head).not.toContain(BARE);
    expect(headerOf({ headers: { 'X-Tag': 'a' } }).head.length).toBe(head.length + 'X-Tag: a\r\n'.length);
  });

  test('may carry the delivery in a field of the operator’s own', () => {
    expect(headerOf({ headers: { 'X-Own': 'id {{delivery}}; v=1' } }).field('X-Own')).toBe(`id ${BARE}; v=1`);
  });

  test('is refused with a field of ours, or with a line end', () => {
    expect(() => headerOf({ headers: { 'List-Id': '{{delivery}}' } })).toThrow(/Postrider sets it/);
    expect(() => headerOf({ headers: { 'X-A': '{{delivery}}\r\nBcc: x@y' } })).toThrow(/control character/);
  });
});

test.each([
  [
    'ses',
    '250 Ok 0102018f2b7c0e6a-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901-000000',
    '0102018f2b7c0e6a-1b2c3d4e-5f60-7182-93a4-b5c6d7e8f901-000000',
  ],
  ['sendgrid', '250 Ok: queued as LRzXl_NHStOGhQ4kofSm_A', 'LRzXl_NHStOGhQ4kofSm_A'],
  [
    'brevo',
    '250 2.0.0 OK: queued as <202508010000.12345@smtp-relay.sendinblue.com>',
    '202508010000.12345@smtp-relay.sendinblue.com',
  ],
  [
    'm365',
    '250 2.0.0 OK <AM0PR01@AM0PR01.eurprd01.prod.outlook.com> [Hostname=AM0PR01.eurprd01.prod.outlook.com]',
    'AM0PR01@AM0PR01.eurprd01.prod.outlook.com',
  ],
  ['cloudflare', '250 2.0.0 Ok <new-id@example.org>', 'new-id@example.org'],
  ['aliyun', '250 Data Ok: queued as freedom ###envid=12345', '12345'],
  ['google', '250 2.0.0 OK  1764590000 5b1f17b1804b1-4777.45 - gsmtp', '5b1f17b1804b1-4777.45'],
])('%s says its own id in %j', (name, reply, id) => {
  expect(profiles[name]!.replyId!.exec(reply)?.[1]).toBe(id);
});

test('a 250 without an id has none', () => {
  expect(profiles.cloudflare!.replyId!.exec('250 2.0.0 Ok')).toBeNull();
  expect(profiles.mailgun!.replyId).toBeUndefined();
});

const after = { taken: 20, refused: 0 };

test.each([
  ['ses', '454 Throttling failure: Maximum sending rate exceeded.', 'relay-busy', 'minute'],
  ['ses', '454 Throttling failure: Daily message quota exceeded.', 'relay-busy', 'day'],
  ['ses', '421 Too many concurrent SMTP connections', 'relay-busy', 'minute'],
  ['sendgrid', '451 Authentication failed: Maximum credits exceeded', 'relay-busy', 'day'],
  ['google', '450 4.2.1 Peak SMTP relay limit exceeded for customer.', 'relay-busy', 'minute'],
  ['google', '550 5.4.5 Daily SMTP relay limit exceeded for user.', 'relay-busy', 'day'],
  ['google', '550 5.7.1 Daily SMTP relay sending limit exceeded for this customer.', 'relay-busy', 'day'],
  ['google', '550 5.4.5 Daily user sending limit exceeded.', 'relay-busy', 'day'],
  ['google', '454 4.7.0 Too many login attempts, please try again later.', 'relay-busy', 'minute'],
  ['m365', '432 4.3.2 Concurrent connections limit exceeded.', 'relay-busy', 'minute'],
  [
    'm365',
    '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; the sender submission quota was exceeded.',
    'relay-busy',
    'day',
  ],
])('%s: %j rests the relay for a %s', (_name, line, kind, span) => {
  expect(classifyReply(replyOf(line), 'rcpt')).toMatchObject({ kind, span });
  expect(classifyOpening(replyOf(line))).toMatchObject({ span });
});

test.each([
  ['ses', '421 4.4.5 Maximum message count per session reached.', 'mail', true],
  ['ses', '451 4.4.2 Timeout waiting for data from client.', 'mail', false],
  ['ses', '451 4.4.2 Timeout waiting for data from client.', 'rcpt', false],
  ['cloudflare', '452 4.5.3 Too many recipients', 'rcpt', true],
] as const)('%s: %j at %s leaves the connection, and counts no attempt', (_name, line, stage, usedUp) => {
  expect(classifyReply(replyOf(line), stage, after)).toMatchObject({ kind: 'connection-over', usedUp });
});

test('SparkPost and SendGrid refuse a domain or sender that is not set up: the send stops', () => {
  for (const line of [
    '550 5.7.1 Unconfigured Sending Domain <example.org>',
    '550 The from address does not match a verified Sender Identity.',
  ])
    expect(classifyReply(replyOf(line), 'dot')).toMatchObject({ kind: 'sender-refused' });
});
