import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import {
  ADDRESS_HOURS,
  addressToken,
  CONFIRM_HOURS,
  confirmToken,
  DATA_HOURS,
  dataToken,
  deliveryToken,
  LEAVING_MINUTES,
  leavingToken,
  preferencesToken,
  readAddressToken,
  readConfirmToken,
  readDataToken,
  readDeliveryToken,
  readLeavingToken,
  readPreferencesToken,
  readRejectToken,
  readUnsubscribeToken,
  rejectToken,
  unsubscribeToken,
} from '../../src/consent/tokens.ts';

const OLD = 'an old secret that is long enough for a key';
const NEW = 'a new secret that is long enough for a key!';
const keys = new Keys([OLD]);
const now = new Date('2026-03-01T12:00:00Z');
const person = { newsletter: 3, subscriber: 1_000_000, linkKey: 0xfedc_ba98_7654 };
const mail = { issue: 12, delivery: 44_000_000 };
const ask = { ...person, requestKey: 0x0123_4567_89ab };
const ref = { ...person, ...mail };
const leaving = { ...person, record: 7_000_000 };
const address = { ...person, change: 30, side: 'new' as const };

const makers = {
  unsubscribe: () => unsubscribeToken(keys, ref),
  confirm: () => confirmToken(keys, ask, now),
  reject: () => rejectToken(keys, person),
  preferences: () => preferencesToken(keys, person),
  leaving: () => leavingToken(keys, leaving, now),
  data: () => dataToken(keys, person, now),
  address: () => addressToken(keys, address, now),
  delivery: () => deliveryToken(keys, ref),
};
const readers = {
  unsubscribe: (token: string) => readUnsubscribeToken(keys, token),
  confirm: (token: string) => readConfirmToken(keys, token, now),
  reject: (token: string) => readRejectToken(keys, token),
  preferences: (token: string) => readPreferencesToken(keys, token),
  leaving: (token: string) => readLeavingToken(keys, token, now),
  data: (token: string) => readDataToken(keys, token, now),
  address: (token: string) => readAddressToken(keys, token, now),
  delivery: (token: string) => readDeliveryToken(keys, token),
};
const purposes = Object.keys(makers) as (keyof typeof makers)[];

describe('tokens', () => {
  test('each reads back what it was made of', () => {
    expect(readers.unsubscribe(makers.unsubscribe())).toEqual(ref);
    expect(readers.confirm(makers.confirm())).toEqual(ask);
    expect(readers.reject(makers.reject())).toEqual(person);
    expect(readers.preferences(makers.preferences())).toEqual(person);
    expect(readers.leaving(makers.leaving())).toEqual(leaving);
    expect(readers.data(makers.data())).toEqual(person);
    expect(readers.address(makers.address())).toEqual(address);
    expect(readers.delivery(makers.delivery())).toEqual({ ...mail, linkKey: person.linkKey });
  });

  test('any ids survive', () => {
    const id = fc.maxSafeNat();
    fc.assert(
      fc.property(id, id, id, id, id, (newsletter, subscriber, linkKey, issue, delivery) => {
        const all = { newsletter, subscriber, linkKey, issue, delivery };
        expect(readUnsubscribeToken(keys, unsubscribeToken(keys, all))).toEqual(all);
      }),
    );
  });

  test('no purpose reads the token of another', () => {
    for (const made of purposes)
      for (const read of purposes)
        if (made !== read) expect(readers[read](makers[made]()), `${made} as ${read}`).toBeNull();
  });

  test('are short and safe in a path', () => {
    for (const purpose of purposes) {
      expect(makers[purpose]().length).toBeLessThan(70);
      expect(makers[purpose]()).toMatch(/^[A-Za-z0-9_-]{4}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$/);
    }
  });

  test.each([
    ['confirm', CONFIRM_HOURS, readConfirmToken],
    ['leaving', LEAVING_MINUTES / 60, readLeavingToken],
    ['data', DATA_HOURS, readDataToken],
    ['address', ADDRESS_HOURS, readAddressToken],
  ] as const)('a token of %s works for %f hours', (purpose, hours, read) => {
    const token = makers[purpose]();
    const later = (after: number) => new Date(now.getTime() + after * 3_600_000);
    expect(read(keys, token, later(hours - 0.01))).not.toBeNull();
    expect(read(keys, token, later(hours))).toBeNull();
  });

  test('100,000 mutated tokens are all refused', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=+/ %\u00e9\0';
    const random = mulberry(20260301);
    const pick = (n: number) => Math.floor(random() * n);
    let passed = 0;
    for (let i = 0; i < 100_000; i++) {
      const purpose = purposes[i % purposes.length]!;
      const token = makers[purpose]();
      const mutant = mutate(token, pick, alphabet);
      if (mutant !== token && readers[purpose](mutant) !== null) passed++;
    }
    expect(passed).toBe(0);
  }, 60_000);

  test('every single character counts, the last of the tag too', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=';
    const token = makers.unsubscribe();
    for (let at = 0; at < token.length; at++)
      for (const other of alphabet)
        if (other !== token[at])
          expect(readers.unsubscribe(token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
  });

  test('no two people, mails or asks ever share a token, whichever number differs', () => {
    const id = fc.maxSafeNat();
    const all = fc.record({
      newsletter: id,
      subscriber: id,
      linkKey: id,
      requestKey: id,
      issue: id,
      delivery: id,
    });
    const made = (one: typeof ref & typeof ask) => ({
      unsubscribe: [
        unsubscribeToken(keys, one),
        [one.newsletter, one.subscriber, one.linkKey, one.issue, one.delivery],
      ],
      confirm: [confirmToken(keys, one, now), [one.newsletter, one.subscriber, one.linkKey, one.requestKey]],
      reject: [rejectToken(keys, one), [one.newsletter, one.subscriber, one.linkKey]],
      preferences: [preferencesToken(keys, one), [one.newsletter, one.subscriber, one.linkKey]],
      leaving: [
        leavingToken(keys, { ...one, record: one.issue }, now),
        [one.newsletter, one.subscriber, one.linkKey, one.issue],
      ],
      data: [dataToken(keys, one, now), [one.newsletter, one.subscriber, one.linkKey]],
      address: [
        addressToken(keys, { ...one, change: one.issue, side: 'old' }, now),
        [one.newsletter, one.subscriber, one.linkKey, one.issue],
      ],
      delivery: [deliveryToken(keys, one), [one.issue, one.delivery, one.linkKey]],
    });
    fc.assert(
      fc.property(
        all,
        all,
        fc.subarray(['subscriber', 'linkKey', 'requestKey', 'issue'] as const),
        (a, b, same) => {
          const other = { ...b, ...Object.fromEntries(same.map((name) => [name, a[name]])) };
          for (const purpose of purposes) {
            const [mine, whose] = made(a)[purpose];
            const [theirs, of] = made(other)[purpose];
            expect(mine === theirs).toBe(JSON.stringify(whose) === JSON.stringify(of));
          }
        },
      ),
    );
  });

  test('hostile texts are refused without an error', () => {
    for (const text of [
      '',
      '.',
      '..',
      '...',
      'a.b.c.d',
      '__proto__',
      'x'.repeat(1e6),
      '\0\0',
      '%00',
      '💌.💌.💌',
    ])
      for (const purpose of purposes) expect(readers[purpose](text)).toBeNull();
  });
});

describe('keys', () => {
  test('a new key signs, the old one keeps verifying', () => {
    const rotated = new Keys([NEW, OLD]);
    expect(readUnsubscribeToken(rotated, makers.unsubscribe())).toEqual(ref);
    const fresh = unsubscribeToken(rotated, ref);
    expect(fresh.split('.')[0]).toBe(rotated.kids[0]);
    expect(readUnsubscribeToken(keys, fresh)).toBeNull();
  });

  test('a token of a secret that is gone is refused', () => {
    expect(readUnsubscribeToken(new Keys([NEW]), makers.unsubscribe())).toBeNull();
  });

  test('hashes are looked up with every key and made with the newest', () => {
    const rotated = new Keys([NEW, OLD]);
    const old = keys.hash('ada@example.org');
    expect(rotated.hashes('ada@example.org')).toContainEqual(old);
    expect(rotated.hash('ada@example.org')).not.toEqual(old);
    expect(rotated.hash('ada@example.org').hash).toHaveLength(32);
    expect(rotated.hash('ada@example.org')).not.toEqual(rotated.hash('bob@example.org'));
  });

  test('short or missing secrets are refused, without being shown', () => {
    expect(() => new Keys([])).toThrow(/at least one secret/);
    expect(() => new Keys(['hunter2'])).toThrow(/^(?!.*hunter2).*32 octets/);
  });
});

function mutate(token: string, pick: (n: number) => number, alphabet: string): string {
  const at = pick(token.length + 1);
  const letter = alphabet[pick(alphabet.length)]!;
  switch (pick(5)) {
    case 0:
      return token.slice(0, at) + letter + token.slice(at + 1);
    case 1:
      return token.slice(0, at) + letter + token.slice(at);
    case 2:
      return token.slice(0, at) + token.slice(at + 1);
    case 3:
      return token.slice(0, at);
    default: {
      const bits = Buffer.from(token);
      const index = pick(bits.length);
      bits[index] = bits[index]! ^ (1 << pick(8));
      return bits.toString('latin1');
    }
  }
}

/** A seeded generator: a failure repeats. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
