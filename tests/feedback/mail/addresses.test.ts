import { expect, test } from 'vitest';
import { addressesIn, typedAddress } from '../../../src/feedback/mail/addresses.ts';

test.each([
  ['<ann@example.net>: unknown', ['ann@example.net']],
  ['RCPT TO:<ann@example.net> and bob@example.net.', ['ann@example.net', 'bob@example.net']],
  ['mailto:ann+news@example.net', ['ann+news@example.net']],
  ['"ann.b"@example.net is full', ['"ann.b"@example.net']],
  ['ann@[192.0.2.1] refused', ['ann@[192.0.2.1]']],
  ['无法发送到ann@example.net不存在', ['ann@example.net']],
  ['änn@exämple.net', ['änn@exämple.net']],
  ['write to us @ noon, or @example.net', []],
])('finds the addresses in %j', (text, expected) => {
  expect(addressesIn(text)).toEqual(expected);
});

test.each([
  ['rfc822; ann@example.net', 'ann@example.net'],
  ['RFC822;<ann@example.net>', 'ann@example.net'],
  ['ann@example.net', 'ann@example.net'],
  ['rfc822; ann+40example.net', 'ann@example.net'],
  ['rfc822; ann+2Bx@example.net', 'ann+2Bx@example.net'],
  ['utf-8; \\x{E4}nn@ex\\x{E4}mple.net', 'änn@exämple.net'],
  ['x400; /G=ann/', null],
  ['', null],
])('reads the typed address %j', (value, expected) => {
  expect(typedAddress(value)).toBe(expected);
});
