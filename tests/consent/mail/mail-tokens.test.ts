import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Keys } from '../../../src/consent/keys.ts';
import {
  readReturnPath,
  readUnsubscribeAddress,
  returnPath,
  unsubscribeAddress,
} from '../../../src/consent/mail/mail-tokens.ts';
import { deliveryToken } from '../../../src/consent/tokens.ts';

const keys = new Keys(['a secret that is long enough to be a key']);
const later = new Keys([
  'a newer secret that is long enough, too!',
  'a secret that is long enough to be a key',
]);
const claim = { issue: 812, delivery: 44_000_000, linkKey: 0xfedc_ba98_7654 };
const person = { newsletter: 31, subscriber: 12_345_678, linkKey: 0xfedc_ba98_7654 };
const path = returnPath(deliveryToken(keys, claim), 'bounces.example.org');
const mailto = unsubscribeAddress(keys, person, 'bounces.example.org');

test('a return path names its delivery, by name+token', () => {
  expect(path).toMatch(/^bounce\+[a-z2-7]+@bounces\.example\.org$/);
  expect(readReturnPath(keys, path)).toEqual(claim);
  expect(readReturnPath(keys, path.toUpperCase())).toEqual(claim);
});

test('the address to unsubscribe by names its person', () => {
  expect(readUnsubscribeAddress(keys, mailto)).toEqual(person);
});

test('old keys keep verifying', () => {
  expect(readReturnPath(later, path)).toEqual(claim);
  expect(readUnsubscribeAddress(later, mailto)).toEqual(person);
});

test('a local part has at most 64 octets for any ids that a ledger reaches', () => {
  const ids = fc.record({
    issue: fc.nat(2 ** 28 - 1),
    delivery: fc.maxSafeNat().map((id) => id % 2 ** 48),
    linkKey: fc.maxSafeNat().map((id) => id % 2 ** 48),
  });
  fc.assert(
    fc.property(ids, (ref) => {
      const address = returnPath(deliveryToken(keys, ref), 'b.example');
      expect(address.indexOf('@')).toBeLessThanOrEqual(64);
      expect(readReturnPath(keys, address)).toEqual(ref);
    }),
  );
});

test('neither reads the address of the other, nor one of another secret', () => {
  const others = new Keys(['a secret of somebody else, long enough!!']);
  expect(readUnsubscribeAddress(keys, path.replace('bounce', 'unsubscribe'))).toBeNull();
  expect(readReturnPath(keys, mailto.replace('unsubscribe', 'bounce'))).toBeNull();
  expect(readReturnPath(others, path)).toBeNull();
});

test('no changed letter passes', () => {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  const [start, end] = [path.indexOf('+') + 1, path.indexOf('@')];
  for (let at = start; at < end; at += 1)
    for (const letter of letters) {
      if (letter === path[at]) continue;
      expect(readReturnPath(keys, `${path.slice(0, at)}${letter}${path.slice(at + 1)}`)).toBeNull();
    }
});

test('anything else is nothing', () => {
  for (const text of ['', 'bounce@x', 'bounce+@x', 'someone@example.org', `bounce+${'a'.repeat(90)}@x`])
    expect(readReturnPath(keys, text)).toBeNull();
});
