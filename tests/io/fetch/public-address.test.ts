import { expect, test } from 'vitest';
import { isPublicAddress } from '../../../src/io/fetch/public-address.ts';

test.each([
  ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
  ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd12:3456::1', 'fc00::1'],
  [
    'link-local and metadata',
    '169.254.169.254',
    'fe80::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
  ],
  ['shared and unspecified', '100.64.0.1', '0.0.0.0', '0.1.2.3', '::'],
  [
    'IPv4 inside IPv6',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
  ],
  [
    'multicast, reserved, documentation',
    '224.0.0.1',
    '255.255.255.255',
    '203.0.113.9',
    'ff02::1',
    '2001:db8::1',
  ],
  ['no address at all', 'localhost', '', '127.1', '1.2.3.4.5', '[::1]'],
])('is not public: %s', (_, ...addresses) => {
  expect(addresses.filter(isPublicAddress)).toEqual([]);
});

test('is public', () => {
  const addresses = [
    '1.1.1.1',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
  ];
  expect(addresses.filter(isPublicAddress)).toEqual(addresses);
});
