import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddress } from '../../src/consent/identity.ts';
import { Refused } from '../../src/errors.ts';

describe('one person, one identity', () => {
  test.each([
    ['Ada.Lovelace@Example.ORG', 'ada.lovelace@example.org'],
    ['ada+news@example.org', 'ada+news@example.org'],
    ['  ada@example.org\t', 'ada@example.org'],
    ['o\u0308zlem@example.org', '\u00f6zlem@example.org'],
    ['\u00d6ZLEM@example.org', '\u00f6zlem@example.org'],
    ['用户@例子.公司', '用户@xn--fsqu00a.xn--55qx5d'],
    ['ada@例子。公司', 'ada@xn--fsqu00a.xn--55qx5d'],
    ['ada@xn--fsqu00a.xn--55qx5d', 'ada@xn--fsqu00a.xn--55qx5d'],
    ["o'brien!#$%&*/=?^_`{|}~-@example.org", "o'brien!#$%&*/=?^_`{|}~-@example.org"],
  ])('%s is %s', (given, identity) => {
    expect(readAddress(given).identity).toBe(identity);
  });

  test('dots are kept: only the mailbox server knows that they mean nothing there', () => {
    expect(readAddress('a.da@example.org').identity).not.toBe(readAddress('ada@example.org').identity);
  });

  test('mail goes to the spelling first given, with a domain that every relay takes', () => {
    expect(readAddress('Ada@Example.ORG')).toEqual({
      email: 'Ada@Example.ORG',
      identity: 'ada@example.org',
      domain: 'example.org',
    });
    expect(readAddress('Ada@例子.公司').email).toBe('Ada@xn--fsqu00a.xn--55qx5d');
  });

  test('reading an identity again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (local) => {
        const read = attempt(`${local}@Example.org`);
        if (read) expect(readAddress(read.identity).identity).toBe(read.identity);
      }),
    );
  });
});

describe('anything but one plain address is refused and says why', () => {
  test.each([
    ['', /empty/],
    ['ada', /no @/],
    ['@example.org', /before the @/],
    ['ada@', /after the @/],
    ['ada@localhost', /no dot/],
    ['ada@example.org, bob@example.org', /one address/],
    ['ada@example.org;bob@example.org', /one address/],
    ['ada\u037ebob@example.org', /one address/],
    ['ada@bob@example.org', /one address/],
    ['ada@example.org bob', /space/],
    ['Ada <ada@example.org>', /angle brackets/],
    ['ada(home)@example.org', /comment/],
    ['"ada"@example.org', /quoted/],
    ['ada\\@example.org', /quoted/],
    ['.ada@example.org', /dot/],
    ['ada.@example.org', /dot/],
    ['a..da@example.org', /dot/],
    ['a:da@example.org', /character before/],
    ['ada@[127.0.0.1]', /character after/],
    ['ada@127.0.0.1', /number/],
    ['ada@1.2.3', /number/],
    ['ada@exa%6dple.org', /character after/],
    ['ada@exam_ple.org', /character after/],
    ['ada@-example.org', /not a domain name/],
    ['ada@example..org', /not a domain name/],
    ['ada@example.org.', /not a domain name/],
    [`ada@${'x'.repeat(64)}.org`, /not a domain name/],
    [`${'x'.repeat(65)}@example.org`, /64 octets/],
    [`${'字'.repeat(22)}@example.org`, /64 octets/],
    [`ada@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(20)}`, /255/],
    [`${'x'.repeat(64)}@${'x'.repeat(63)}.${'x'.repeat(63)}.${'x'.repeat(60)}.org`, /254/],
    ['x'.repeat(5000), /254/],
  ])('%j', (given, why) => {
    expect(() => readAddress(given)).toThrow(why);
    expect(() => readAddress(given)).toThrow(Refused);
  });

  test.each(['\r\n', '\n', '\0', '\u0007', '\u200b', '\u202e', '\u2028', '\ufeff', '\ud800'])(
    'a control or invisible character %j, wherever it stands',
    (character) => {
      for (const given of [
        `ada${character}@example.org`,
        `ada@example.org${character}`,
        `${character}ada@example.org`,
        `ada@exam${character}ple.org`,
      ])
        expect(() => readAddress(given)).toThrow(/control or invisible/);
    },
  );

  test('the message never repeats the address', () => {
    expect(() => readAddress('secret person@example.org')).toThrow(/^(?!.*secret)/);
  });

  test('whatever is accepted is one line of one address within the limits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        for (const given of [text, `${text}@example.org`, `ada@${text}.org`]) {
          const read = attempt(given);
          if (!read) continue;
          expect(read.email).toMatch(/^[^\s\p{Cc}@,;<>"()\\]+@[a-zA-Z0-9.-]+$/u);
          expect(Buffer.byteLength(read.email)).toBeLessThanOrEqual(254);
        }
      }),
      { numRuns: 500 },
    );
  });
});

function attempt(text: string) {
  try {
    return readAddress(text);
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return null;
  }
}
