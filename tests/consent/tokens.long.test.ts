import { expect, test } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import {
  readReturnPath,
  readUnsubscribeAddress,
  unsubscribeAddress,
} from '../../src/consent/mail/mail-tokens.ts';
import * as tokens from '../../src/consent/tokens.ts';

/** Two databases, two people and two newsletters in each: a token may open only what it was made for. */
const [ours, theirs] = [
  new Keys(['the secret of our database, long enough']),
  new Keys(['the secret of another database, long enough']),
];
const now = new Date('2026-12-01T12:00:00Z');
const ada = { newsletter: 3, subscriber: 41, linkKey: 0xfedc_ba98_7654, issue: 12, delivery: 44 };
const bob = { ...ada, subscriber: 42, linkKey: 0x0123_4567_89ab };

const MAKERS = {
  unsubscribe: (keys: Keys, who: typeof ada) => tokens.unsubscribeToken(keys, who),
  confirm: (keys: Keys, who: typeof ada) =>
    tokens.confirmToken(keys, { ...who, requestKey: 7, mail: 9 }, now),
  reject: (keys: Keys, who: typeof ada) => tokens.rejectToken(keys, who),
  preferences: (keys: Keys, who: typeof ada) => tokens.preferencesToken(keys, who),
  leaving: (keys: Keys, who: typeof ada) => tokens.leavingToken(keys, { ...who, record: 5 }, now),
  data: (keys: Keys, who: typeof ada) => tokens.dataToken(keys, who, now),
  address: (keys: Keys, who: typeof ada) =>
    tokens.addressToken(keys, { ...who, change: 8, side: 'old' }, now),
  delivery: (keys: Keys, who: typeof ada) => tokens.deliveryToken(keys, who),
  mailto: (keys: Keys, who: typeof ada) => unsubscribeAddress(keys, who, 'bounces.example.org'),
};
type Purpose = keyof typeof MAKERS;
const purposes = Object.keys(MAKERS) as Purpose[];

const READERS: Record<Purpose, (keys: Keys, token: string) => object | null> = {
  unsubscribe: tokens.readUnsubscribeToken,
  confirm: (keys, token) => tokens.readConfirmToken(keys, token, now),
  reject: tokens.readRejectToken,
  preferences: tokens.readPreferencesToken,
  leaving: (keys, token) => tokens.readLeavingToken(keys, token, now),
  data: (keys, token) => tokens.readDataToken(keys, token, now),
  address: (keys, token) => tokens.readAddressToken(keys, token, now),
  delivery: tokens.readDeliveryToken,
  mailto: readUnsubscribeAddress,
};

/** The purposes that read this token with these keys. */
const openedBy = (keys: Keys, token: string): string[] => [
  ...purposes.filter((purpose) => READERS[purpose](keys, token) !== null),
  ...(readReturnPath(keys, token) === null ? [] : ['return path']),
];

test('1,000,000 mutated tokens: none is accepted, for any purpose, person or database', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=+/ %\u00e9\0';
  const random = mulberry(20261201);
  const pick = (n: number) => Math.floor(random() * n);
  const made = purposes.flatMap((purpose) => [MAKERS[purpose](ours, ada), MAKERS[purpose](ours, bob)]);
  const genuine = new Set(made);
  // Mail servers change the case of an address, and mail may reach us under an old domain: still the same token.
  const localPart = (address: string) => address.split('@')[0]!.toLowerCase();
  const addresses = new Set(made.filter((token) => token.includes('@')).map(localPart));
  const accepted: string[] = [];
  let tried = 0;
  while (tried < 1_000_000) {
    const mutant = mutate(made, pick, alphabet);
    if (genuine.has(mutant) || addresses.has(localPart(mutant))) continue;
    tried += 1;
    // All of them for each would take minutes: two at random, so that each mutant kind meets each purpose often.
    for (const purpose of [purposes[tried % purposes.length]!, purposes[pick(purposes.length)]!])
      if (READERS[purpose](ours, mutant) !== null) accepted.push(`${purpose} ${mutant}`);
  }
  expect(accepted).toEqual([]);
}, 600_000);

test('every genuine token opens its own purpose, its own person, in its own database', () => {
  for (const purpose of purposes)
    for (const who of [ada, bob]) {
      const token = MAKERS[purpose](ours, who);
      expect(openedBy(ours, token)).toEqual([purpose]);
      expect(READERS[purpose](ours, token)).toMatchObject({ linkKey: who.linkKey });
      expect(openedBy(theirs, token)).toEqual([]);
    }
});

/** A letter changed, added or lost; an end cut off; a bit flipped; or the parts of two tokens put together. */
function mutate(made: readonly string[], pick: (n: number) => number, alphabet: string): string {
  const token = made[pick(made.length)]!;
  const at = pick(token.length + 1);
  const letter = alphabet[pick(alphabet.length)]!;
  switch (pick(6)) {
    case 0:
      return token.slice(0, at) + letter + token.slice(at + 1);
    case 1:
      return token.slice(0, at) + letter + token.slice(at);
    case 2:
      return token.slice(0, at) + token.slice(at + 1);
    case 3:
      return token.slice(0, at);
    case 4: {
      const bits = Buffer.from(token);
      const index = pick(bits.length);
      bits[index] = bits[index]! ^ (1 << pick(8));
      return bits.toString('latin1');
    }
    default: {
      const other = made[pick(made.length)]!.split('.');
      return token
        .split('.')
        .map((part, index) => (pick(2) === 0 ? part : (other[index] ?? part)))
        .join('.');
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
