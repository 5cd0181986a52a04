import { describe, expect, test } from 'vitest';
import { brevo } from '../../../src/feedback/providers/brevo.ts';
import { postmark } from '../../../src/feedback/providers/postmark.ts';
import type { Provider } from '../../../src/feedback/providers/provider.ts';
import { BARE, meanings, requestOf, senderOf, TOKEN } from './sender.ts';

const read = (provider: Provider, body: object) =>
  provider.read(requestOf(body), senderOf()) as Awaited<ReturnType<Provider['read']>>;

describe('Postmark', () => {
  /** As postmarkapp.com/email-webhooks shows it. */
  const sample = {
    ID: 42,
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Tag: 'Test',
    MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: 'Test bounce details',
    Email: 'john@example.com',
    BouncedAt: '2014-08-01T13:28:10.2735393-04:00',
    DumpAvailable: true,
    Inactive: true,
    CanActivate: true,
    Subject: 'Test subject',
  };

  test('its own sample is a bad address', () => {
    expect(meanings(read(postmark, sample))).toEqual(['hard user-unknown']);
    expect(read(postmark, sample)[0]).toMatchObject({
      report: { recipients: [{ recipient: 'john@example.com' }] },
    });
  });

  test.each([
    [{ RecordType: 'Bounce', Type: 'SoftBounce' }, 'soft temporary'],
    [{ RecordType: 'Bounce', Type: 'Transient' }, 'other delayed'],
    [{ RecordType: 'Bounce', Type: 'AutoResponder' }, 'vacation vacation'],
    [{ RecordType: 'Bounce', Type: 'Blocked' }, 'block policy'],
    [{ RecordType: 'Bounce', Type: 'DMARCPolicy' }, 'block policy'],
    [{ RecordType: 'Bounce', Type: 'ChallengeVerification' }, 'other challenge'],
    [
      { RecordType: 'Bounce', Type: 'HardBounce', Details: 'smtp;552 5.2.2 mailbox full' },
      'soft mailbox-full',
    ],
    [{ RecordType: 'Bounce', Type: 'ManuallyDeactivated' }, 'other suppressed-by-provider'],
    [
      { RecordType: 'Bounce', Type: 'SMTPApiError', Details: 'The From address is not a Sender Signature' },
      'block refused-by-provider',
    ],
    [
      { RecordType: 'Bounce', Type: 'SMTPApiError', Details: 'Found inactive addresses' },
      'other suppressed-by-provider',
    ],
    [{ RecordType: 'Bounce', Type: 'Unsubscribe' }, 'unsubscribed'],
    [{ RecordType: 'SpamComplaint', Type: 'SpamComplaint' }, 'feedback abuse'],
    [{ RecordType: 'Delivery', Recipient: 'ann@example.org' }, 'delivered'],
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: true,
        SuppressionReason: 'ManualSuppression',
        Origin: 'Recipient',
      },
      'unsubscribed',
    ],
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: true,
        SuppressionReason: 'SpamComplaint',
        Origin: 'Recipient',
      },
      'feedback abuse',
    ],
  ])('%j means %s', (event, meaning) => {
    expect(meanings(read(postmark, event))).toEqual([meaning]);
  });

  test.each([
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: false,
        SuppressionReason: null,
        Origin: 'Recipient',
      },
    ],
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: true,
        SuppressionReason: 'HardBounce',
        Origin: 'Recipient',
      },
    ],
    [
      {
        RecordType: 'SubscriptionChange',
        SuppressSending: true,
        SuppressionReason: 'ManualSuppression',
        Origin: 'Customer',
      },
    ],
    [{ RecordType: 'Inbound', FromFull: {} }],
    [{ RecordType: 'Bounce', Type: 'Subscribe' }],
  ])('%j means nothing', (event) => {
    expect(read(postmark, event)).toEqual([]);
  });

  test('our delivery id comes back in the metadata', () => {
    const [event] = read(postmark, { RecordType: 'Delivery', Metadata: { postrider: BARE } });
    expect(event?.report.clues.deliveryTokens).toEqual([TOKEN]);
  });

  test('a repeated event has the same id, another one has not', () => {
    const [first] = read(postmark, sample);
    expect(read(postmark, sample)[0]?.id).toBe(first?.id);
    expect(read(postmark, { ...sample, ID: 43 })[0]?.id).not.toBe(first?.id);
  });
});

describe('Brevo', () => {
  test.each([
    ['request', {}, 'accepted'],
    ['delivered', {}, 'delivered'],
    ['proxy_open', {}, 'delivered'],
    ['hard_bounce', { reason: '550 5.1.1 user unknown' }, 'hard user-unknown'],
    ['hard_bounce', { reason: '550 5.7.1 rejected for policy reasons' }, 'block policy'],
    ['soft_bounce', { reason: '452 4.2.2 full' }, 'soft temporary'],
    ['invalid_email', {}, 'hard user-unknown'],
    ['deferred', {}, 'other delayed'],
    ['blocked', {}, 'other suppressed-by-provider'],
    ['error', {}, 'block refused-by-provider'],
    ['spam', {}, 'feedback abuse'],
    ['unsubscribed', {}, 'unsubscribed'],
  ])('%s with %j means %s', (event, more, meaning) => {
    expect(meanings(read(brevo, { event, email: 'ann@example.org', ...more }))).toEqual([meaning]);
  });

  test('our delivery id comes back among other custom values', () => {
    const [event] = read(brevo, { event: 'delivered', 'X-Mailin-custom': `a:b|postrider:${BARE}|c:d` });
    expect(event?.report.clues.deliveryTokens).toEqual([TOKEN]);
  });

  test('what is new means nothing', () => {
    expect(read(brevo, { event: 'list_addition' })).toEqual([]);
  });
});
