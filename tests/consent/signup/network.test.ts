import { expect, test } from 'vitest';
import { networksOf, readClientAddress } from '../../../src/consent/signup/network.ts';

test.each([
  ['192.0.2.1', '192.0.2.1'],
  [' 192.0.2.1:567 ', '192.0.2.1'],
  ['192.0.2.1:', '192.0.2.1'],
  ['[2001:db8::1]:567', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['"[2001:DB8::1]:4711"', '2001:db8::1'],
  ['"192.0.2.1:80"', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['[::ffff:192.0.2.1]:99', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[::1]:567', '::1'],
  ['unknown', null],
  ['_hidden', null],
  ['', null],
  ['192.0.2', null],
  ['0x7f.1', null],
  ['010.0.0.1', null],
  ['192.0.2.1:567:8', null],
  ['[192.0.2.1', null],
  ['example.org:80', null],
])('an entry of X-Forwarded-For, %j, is the address %j', (entry, address) => {
  expect(readClientAddress(entry)).toBe(address);
});

test.each([
  ['192.0.2.77', '192.0.2.0/24', null],
  ['::ffff:192.0.2.77', '192.0.2.0/24', null],
  ['2001:db8:1:2ff::9', '2001:db8:1:200::/56', '2001:db8:1::/48'],
  ['10.1.2.3', '10.1.2.0/24', null],
  ['127.0.0.1', 'unknown', null],
  ['::1', 'unknown', null],
  ['0.0.0.0', 'unknown', null],
  ['nonsense', 'unknown', null],
  [null, 'unknown', null],
])('%j lies in %j and %j', (ip, narrow, wide) => {
  expect(networksOf(ip)).toEqual({ narrow, wide });
});
