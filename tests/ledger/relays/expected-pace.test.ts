import { expect, test } from 'vitest';
import { secondsFor } from '../../../src/ledger/relays/expected-pace.ts';
import { noLimits } from '../../../src/ledger/relays/terms.ts';

const relay = (limits: Partial<typeof noLimits>) => ({ ...noLimits, ...limits });

test.each([
  ['at its rate', 600, 10, [relay({ rate: 10 })], 60],
  ['an hour is full: the rest an hour later', 1_500, 10, [relay({ rate: 10, hour: 1_000 })], 3_600],
  ['two days are full', 2_500, 100, [relay({ day: 1_000 })], 2 * 86_400],
  ['a day that is just enough', 1_000, 100, [relay({ day: 1_000 })], 10],
  ['the tightest of several limits', 300, 100, [relay({ minute: 60, hour: 1_000 })], 240],
  [
    'two relays beside each other',
    3_000,
    20,
    [relay({ rate: 10, hour: 1_000 }), relay({ rate: 10, hour: 1_000 })],
    3_600,
  ],
  ['one without limits takes what the other may not', 5_000, 100, [relay({ day: 10 }), relay({})], 50],
])('%s', (_, messages, rate, relays, seconds) => {
  expect(secondsFor(messages, rate, relays)).toBe(seconds);
});
