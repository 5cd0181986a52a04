import { expect, test } from 'vitest';
import { withDots, withoutDots } from '../../src/consent/dotless-token.ts';
import { deliveryToken, readDeliveryToken } from '../../src/consent/tokens.ts';
import { keys } from './fixtures.ts';

test.each([
  { issue: 1, delivery: 1, linkKey: 0 },
  { issue: 2 ** 40, delivery: 2 ** 50, linkKey: 2 ** 48 - 1 },
])('a token loses its dots and gets them back: %j', (ref) => {
  const token = deliveryToken(keys, ref);
  const bare = withoutDots(token);
  // Postmark takes 80 characters, and SES these only.
  expect(bare).toMatch(/^[A-Za-z0-9_-]{27,80}$/);
  expect(withDots(bare)).toBe(token);
  expect(withDots(token)).toBe(token);
  expect(readDeliveryToken(keys, withDots(bare)!)).toMatchObject(ref);
});

test.each(['', 'short', 'a.b.c', `${'x'.repeat(40)}.`, 'x'.repeat(400), 'ä'.repeat(40)])(
  '%j is no token',
  (text) => {
    expect(withDots(text)).toBeNull();
  },
);
