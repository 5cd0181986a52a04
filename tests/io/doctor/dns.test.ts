/** The DNS as the doctor sees it: what is not there, and what does not answer, are told apart. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDns } from '../../../src/io/doctor/dns.ts';
import { type DnsServer, startDnsServer } from '../../helpers/dns-server.ts';

let server: DnsServer;
beforeAll(async () => {
  server = await startDnsServer({
    'example.org': {
      TXT: [['one', 'two'], 'other'],
      MX: [
        [20, 'B.example.org'],
        [10, 'a.example.org'],
      ],
    },
    'alias.example.org': { CNAME: 'example.org' },
    'four.example.org': { A: ['192.0.2.1'] },
    'both.example.org': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'] },
    '192.0.2.1': { PTR: ['Four.example.org'] },
    '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa': { PTR: ['six.example.org'] },
    'broken.example.org': 'SERVFAIL',
    'closed.example.org': 'REFUSED',
    'silent.example.org': 'silent',
  });
});
afterAll(() => server.close());
const dns = () => openDns([server.address], 50);

test.each([
  ['example.org', { kind: 'found', records: ['onetwo', 'other'] }],
  ['alias.example.org', { kind: 'found', records: ['onetwo', 'other'] }],
  ['four.example.org', { kind: 'nothing' }],
  ['gone.example.org', { kind: 'no-name' }],
  ['broken.example.org', { kind: 'failed', why: 'SERVFAIL' }],
  ['closed.example.org', { kind: 'failed', why: 'REFUSED' }],
  ['silent.example.org', { kind: 'failed', why: 'timeout' }],
])('TXT of %s', async (name, answer) => {
  expect(await dns().txt(name)).toEqual(answer);
});

test('no name server at all is a failure too', async () => {
  expect(await openDns(['127.0.0.1:1'], 50).txt('example.org')).toMatchObject({ kind: 'failed' });
});

test('addresses are those of both families; a name with one of them has no fault', async () => {
  expect(await dns().addresses('both.example.org')).toEqual({
    kind: 'found',
    records: ['192.0.2.1', '2001:db8::1'],
  });
  expect(await dns().addresses('four.example.org')).toEqual({ kind: 'found', records: ['192.0.2.1'] });
  expect(await dns().addresses('example.org')).toEqual({ kind: 'nothing' });
  expect(await dns().addresses('gone.example.org')).toEqual({ kind: 'no-name' });
});

test('exchanges come in their order, and names in lower case', async () => {
  expect(await dns().mx('example.org')).toMatchObject({
    records: [{ host: 'a.example.org' }, { host: 'b.example.org' }],
  });
  expect(await dns().names('192.0.2.1')).toEqual({ kind: 'found', records: ['four.example.org'] });
  expect(await dns().names('2001:db8::1')).toEqual({ kind: 'found', records: ['six.example.org'] });
  expect(await dns().cname('alias.example.org')).toEqual({ kind: 'found', records: ['example.org'] });
});

test('each question goes out once', async () => {
  const one = dns();
  server.queries.length = 0;
  await Promise.all([one.txt('example.org'), one.txt('example.org')]);
  await one.txt('example.org');
  expect(server.queries).toEqual(['example.org']);
});
