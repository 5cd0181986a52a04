/** Our reading of SPF against mailauth's, which passes the test suite of openspf.org. */

import { Resolver } from 'node:dns/promises';
import { spf } from 'mailauth/lib/spf/index.js';
import { expect, test } from 'vitest';
import { evaluateSpf } from '../../../src/doctor/spf/evaluate.ts';
import { readSpf } from '../../../src/doctor/spf/read-tree.ts';
import { openDns } from '../../../src/io/doctor/dns.ts';
import type { Zone } from '../../helpers/dns-server.ts';
import { useNameServer } from '../fixtures.ts';

const names = useNameServer();

const zone: Zone = {
  'mail.example.org': { A: ['192.0.2.10'], AAAA: ['2001:db8::10'] },
  'mx.example.org': { A: ['192.0.2.20'] },
  '_spf.example.net': { TXT: ['v=spf1 ip4:198.51.100.0/24 ~all'] },
  '_soft.example.net': { TXT: ['v=spf1 ?ip4:198.51.100.7 -all'] },
  '_bad.example.net': { TXT: ['v=spf1 nonsense -all'] },
  'news.192.0.2.10.example.org': { A: ['127.0.0.2'] },
};

const RECORDS = [
  'v=spf1 -all',
  'v=spf1 ~all',
  'v=spf1',
  'v=spf1 ip4:192.0.2.10 -all',
  'v=spf1 -ip4:192.0.2.10 +all',
  'v=spf1 ip4:192.0.2.0/28 -all',
  'v=spf1 ip6:2001:db8::/32 -all',
  'v=spf1 ip6:2001:db8::10 -all',
  'v=spf1 a:mail.example.org -all',
  'v=spf1 a:mail.example.org/28//64 -all',
  'v=spf1 mx -all',
  'v=spf1 mx/24 -all',
  'v=spf1 include:_spf.example.net -all',
  'v=spf1 include:_soft.example.net -all',
  'v=spf1 include:_bad.example.net -all',
  'v=spf1 include:missing.example.net -all',
  'v=spf1 redirect=_spf.example.net',
  'v=spf1 redirect=missing.example.net',
  'v=spf1 exists:%{l}.%{i}.%{d} -all',
  'v=spf1 ip4:192.0.2.300 -all',
  'v=spf1 A:MAIL.example.org -ALL',
];
const ADDRESSES = [
  '192.0.2.10',
  '192.0.2.20',
  '198.51.100.7',
  '203.0.113.9',
  '2001:db8::10',
  '2001:db8:ffff::1',
];

test.each(RECORDS)('%s means the same to both, for every address', async (record) => {
  names.server().zone = { ...zone, 'example.org': { TXT: [record], MX: [[10, 'mx.example.org']] } };
  const resolver = new Resolver();
  resolver.setServers([names.server().address]);
  const sender = 'news@example.org';
  for (const address of ADDRESSES) {
    const tree = await readSpf(openDns([names.server().address]), { domain: 'example.org', sender, address });
    const theirs = await spf({
      sender,
      ip: address,
      helo: 'mail.example.org',
      resolver: (name: string, type: string) => resolver.resolve(name, type) as Promise<string[]>,
    });
    const status = theirs.status as { result: string };
    expect(`${address} ${evaluateSpf(tree, address)}`).toBe(`${address} ${status.result}`);
  }
});
