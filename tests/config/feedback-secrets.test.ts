import { expect, test } from 'vitest';
import { feedbackSecrets } from '../../src/config/feedback-secrets.ts';
import { BadValue } from '../../src/config/reader.ts';

test('names providers and their keys, several of one while it is replaced', () => {
  expect(
    feedbackSecrets('mailgun:0123456789abcdef  resend:whsec_QUJDREVGR0hJSg== mailgun:fedcba9876543210'),
  ).toEqual([
    { provider: 'mailgun', secret: '0123456789abcdef' },
    { provider: 'resend', secret: 'whsec_QUJDREVGR0hJSg==' },
    { provider: 'mailgun', secret: 'fedcba9876543210' },
  ]);
});

test.each([
  '0123456789abcdef',
  'postmark:0123456789abcdef',
  'mailgun:only-a-few',
  'resend:0123456789abcdef',
  'toString:0123456789abcdef',
])('%j is refused, and never shown', (text) => {
  expect(() => feedbackSecrets(text)).toThrow(BadValue);
  try {
    feedbackSecrets(text);
  } catch (error) {
    expect((error as Error).message).not.toContain(text.split(':').at(-1));
  }
});
