/** `doctor`, SPF: each way in which a domain's record is good or bad, asked of a real name server. */
import { describe, expect, test } from 'vitest';
import { zoneLine } from '../../../src/doctor/dns/record.ts';
import { spfCheck } from '../../../src/doctor/mail/spf.ts';
import type { Records, Zone } from '../../helpers/dns-server.ts';
import { newsletter, only, relay, said, settings, useNameServer } from '../fixtures.ts';

const names = useNameServer();
const SENDING = '192.0.2.25';
const txt = (...TXT: NonNullable<Records['TXT']>): Records => ({ TXT });
/** Our mail goes out from `SENDING`. */
const situation = (zone: Zone) => names.situation(zone, { sendingAddresses: [SENDING] });
const record = (zone: Zone) => only(spfCheck, situation(zone), 'error');

describe('a good record', () => {
  test('is found among other TXT records', async () => {
    const zone = {
      'example.org': txt('google-site-verification=x', `v=spf1 ip4:${SENDING} -all`, 'v=spf10 x'),
    };
    expect(await said(spfCheck, situation(zone))).toEqual([`ok: v=spf1 ip4:${SENDING} -all`]);
  });

  test('may be split into several strings, which are joined without a blank', async () => {
    const zone = { 'example.org': txt(['v=spf1 ip4:192.0', '.2.25 ~all']) };
    expect(await said(spfCheck, situation(zone))).toEqual([`ok: v=spf1 ip4:${SENDING} ~all`]);
  });

  test.each([
    ['a network', 'ip4:192.0.2.0/24', {}],
    ['the address of a host', 'a:mail.example.org', { 'mail.example.org': { A: [SENDING] } }],
    ['the network of a host', 'a:mail.example.org/24', { 'mail.example.org': { A: ['192.0.2.1'] } }],
    ['its MX', 'mx', { 'mx.example.org': { A: [SENDING] } }],
    ['an include', 'include:_spf.example.net', { '_spf.example.net': txt('v=spf1 ip4:192.0.2.25 -all') }],
    ['a redirect', 'redirect=_spf.example.net', { '_spf.example.net': txt('v=spf1 ip4:192.0.2.25 -all') }],
    ['a macro', 'exists:%{ir}.%{v}.%{d2}', { '25.2.0.192.in-addr.example.org': { A: ['127.0.0.2'] } }],
  ] satisfies [string, string, Zone][])('permits by %s', async (_, term, zone) => {
    const own = {
      TXT: [`v=spf1 ${term}${term.includes('=') ? '' : ' -all'}`],
      MX: [[5, 'mx.example.org']],
    } as const;
    const [finding] = await spfCheck.run(situation({ ...zone, 'example.org': own }));
    expect(finding).toMatchObject({ level: 'ok', expected: `permits ${SENDING}` });
  });

  test('of the bounce domain counts, where return paths lead there', async () => {
    const zone = { 'bounces.example.org': txt(`v=spf1 ip4:${SENDING} -all`) };
    const bounceDomain = { ...settings, bounceDomain: 'bounces.example.org' };
    const [finding] = await spfCheck.run({ ...situation(zone), settings: bounceDomain });
    expect(finding).toMatchObject({
      level: 'ok',
      subject: 'bounces.example.org (return path of newsletter weekly)',
    });
  });
});

describe('what to publish', () => {
  test('none: a record with our address, ready to paste', async () => {
    const finding = await record({ 'example.org': txt('something else') });
    expect(finding).toMatchObject({ found: 'none', change: 'publish it at the DNS provider of example.org' });
    expect(zoneLine(finding.record!)).toBe(`example.org. IN TXT "v=spf1 ip4:${SENDING} ~all"`);
  });

  test('a record without us: our address before its all', async () => {
    const finding = await record({ 'example.org': txt('v=spf1 ip4:192.0.2.1 -all') });
    expect(finding.found).toBe('fail: v=spf1 ip4:192.0.2.1 -all');
    expect(finding.record!.value).toBe(`v=spf1 ip4:192.0.2.1 ip4:${SENDING} -all`);
  });

  test('several records: one with all that they permit', async () => {
    const finding = await record({
      'example.org': txt('v=spf1 a:mail.example.org -all', 'v=spf1 ip4:192.0.2.25 ~all'),
    });
    expect(finding.found).toMatch(/^2, which receivers take for a permanent error/);
    expect(finding.record!.value).toBe('v=spf1 a:mail.example.org ip4:192.0.2.25 ~all');
  });

  test('a record with several faults: one record that mends them all', async () => {
    const zone = { 'example.org': txt('v=spf1 ip4:192.0.2.1 ?all') };
    const findings = await spfCheck.run(situation(zone));
    expect(findings.map(({ level, record: fixed }) => `${level}: ${fixed?.value}`)).toEqual([
      `warning: v=spf1 ip4:192.0.2.1 ip4:${SENDING} ~all`,
      `error: v=spf1 ip4:192.0.2.1 ip4:${SENDING} ~all`,
    ]);
  });

  test('+all: anybody may send, and the record without it', async () => {
    const finding = await record({ 'example.org': txt('v=spf1 mx +all') });
    expect(finding.found).toMatch(/anybody in the world may send/);
    expect(finding.record!.value).toBe('v=spf1 mx ~all');
  });

  test('no all at the end, and ?all: a warning', async () => {
    for (const tail of ['', ' ?all']) {
      const zone = { 'example.org': txt(`v=spf1 ip4:${SENDING}${tail}`) };
      const finding = await only(spfCheck, situation(zone), 'warning');
      expect(finding.record!.value).toBe(`v=spf1 ip4:${SENDING} ~all`);
    }
  });

  test('a provider that keeps our return path: its include', async () => {
    const google = { relays: [relay({ profile: { name: 'google', guessed: true } })] };
    const zone = { 'example.org': txt('v=spf1 mx -all') };
    const finding = await only(spfCheck, names.situation(zone, google), 'error');
    expect(finding.record!.value).toBe('v=spf1 mx include:_spf.google.com -all');
    const good = {
      'example.org': txt('v=spf1 include:_spf.google.com -all'),
      '_spf.google.com': txt('v=spf1 -all'),
    };
    expect(await said(spfCheck, names.situation(good, google))).toEqual([
      'ok: v=spf1 include:_spf.google.com -all',
    ]);
  });

  test('a provider with a return path of its own: no record is missing', async () => {
    const ses = { relays: [relay({ profile: { name: 'ses', guessed: true } })] };
    const [finding] = await spfCheck.run(names.situation({ 'example.org': {} }, ses));
    expect(finding).toMatchObject({ level: 'note', record: null });
  });

  test('an unknown sending address: how to name it', async () => {
    const zone = { 'example.org': txt('v=spf1 mx -all') };
    const finding = await only(spfCheck, names.situation(zone), 'note');
    expect(finding.change).toMatch(/--address/);
  });

  test('a relay that delivers by itself: its own public addresses', async () => {
    const direct = { relays: [relay({ direct: true })] };
    const zone = {
      'example.org': txt('v=spf1 -all'),
      'mail.example.org': { A: ['198.51.100.7', '9.9.9.9'] },
    };
    const finding = await only(spfCheck, names.situation(zone, direct), 'error');
    expect(finding.record!.value).toBe('v=spf1 ip4:9.9.9.9 -all');
  });
});

describe('what receivers cannot evaluate', () => {
  test('more than ten lookups, counted through includes', async () => {
    const zone: Zone = {
      'example.org': txt('v=spf1 include:one.example include:two.example mx -all'),
      'mx.example': { A: [SENDING] },
    };
    for (const one of ['one.example', 'two.example'])
      zone[one] = txt(`v=spf1 ${[1, 2, 3, 4, 5].map((n) => `a:mx${n}.${one}`).join(' ')} -all`);
    for (const one of ['one.example', 'two.example'])
      for (const n of [1, 2, 3, 4, 5]) zone[`mx${n}.${one}`] = { A: ['192.0.2.99'] };
    zone['example.org'] = { ...(zone['example.org'] as Records), MX: [[1, 'mx.example']] };
    expect((await record(zone)).found).toBe('13, so receivers stop with a permanent error');
  });

  test('more than two lookups that find nothing', async () => {
    const finding = await record({ 'example.org': txt('v=spf1 a:x.example a:y.example a:z.example -all') });
    expect(finding.found).toBe(
      '3 (x.example, y.example, z.example), so receivers stop with a permanent error',
    );
  });

  test('an include loop, named with its path', async () => {
    const finding = await record({
      'example.org': txt('v=spf1 include:a.example -all'),
      'a.example': txt('v=spf1 include:b.example -all'),
      'b.example': txt('v=spf1 include:a.example -all'),
    });
    expect(finding.found).toBe('an include loop: example.org -> a.example -> b.example -> a.example');
    expect(finding.change).toMatch(/DNS provider of b\.example$/);
  });

  test('an include of a domain without a record', async () => {
    const finding = await record({ 'example.org': txt('v=spf1 include:gone.example -all') });
    expect(finding).toMatchObject({
      subject: 'gone.example',
      found: 'gone.example: no such name in the DNS (NXDOMAIN), though it is included',
    });
  });

  test.each([
    ['ipv4:192.0.2.1', 'ipv4:192.0.2.1'],
    ['ip4:192.0.2', 'ip4:192.0.2'],
    ['ip4:192.0.2.0/33', 'ip4:192.0.2.0/33'],
    ['include:', 'include:'],
    ['192.0.2.1', '192.0.2.1'],
  ])('a term that is no SPF: %s', async (term, named) => {
    const finding = await record({ 'example.org': txt(`v=spf1 ${term} -all`) });
    expect(finding.found).toBe(`example.org: "${named}" is no SPF`);
  });

  test('an MX with more than ten hosts', async () => {
    const hosts = Array.from({ length: 11 }, (_, n) => [n, `mx${n}.example.org`] as const);
    const finding = await record({ 'example.org': { TXT: ['v=spf1 mx -all'], MX: hosts } });
    expect(finding.found).toMatch(/has 11 hosts, at most 10 count/);
  });

  test('ptr: a warning', async () => {
    const finding = await only(
      spfCheck,
      situation({ 'example.org': txt(`v=spf1 ip4:${SENDING} ptr -all`) }),
      'warning',
    );
    expect(finding.found).toBe('ptr');
  });
});

describe('a DNS that gives no answer', () => {
  test('NXDOMAIN: the domain does not exist', async () => {
    const finding = await record({});
    expect(finding).toMatchObject({ found: 'no such name in the DNS (NXDOMAIN)' });
  });

  test('SERVFAIL: an error, since receivers get no answer either', async () => {
    const finding = await record({ 'example.org': 'SERVFAIL' });
    expect(finding.found).toBe('no answer from the DNS (SERVFAIL)');
  });

  test('SERVFAIL of an included domain', async () => {
    const finding = await only(
      spfCheck,
      situation({
        'example.org': txt(`v=spf1 ip4:${SENDING} include:x.example -all`),
        'x.example': 'SERVFAIL',
      }),
      'warning',
    );
    expect(finding).toMatchObject({
      subject: 'x.example',
      found: 'x.example: no answer from the DNS (SERVFAIL)',
    });
  });
});

test('newsletters of one domain share a finding', async () => {
  const two = [newsletter(), newsletter({ id: 2, slug: 'daily' })];
  const zone = { 'example.org': txt(`v=spf1 ip4:${SENDING} -all`) };
  const findings = await spfCheck.run({ ...situation(zone), newsletters: async () => two });
  expect(findings.map(({ subject }) => subject)).toEqual([
    'example.org (return path of newsletters weekly, daily)',
  ]);
});
