/** `doctor`, DMARC and alignment: what receivers find for a sender's domain, and whether our mail counts for it. */
import { beforeAll, describe, expect, test } from 'vitest';
import { alignmentCheck } from '../../../src/doctor/mail/alignment.ts';
import { dmarcCheck } from '../../../src/doctor/mail/dmarc.ts';
import type { Zone } from '../../helpers/dns-server.ts';
import {
  newsletter,
  only,
  relay,
  type SigningKey,
  said,
  settings,
  useKeyFiles,
  useNameServer,
} from '../fixtures.ts';

const names = useNameServer();
const makeKey = useKeyFiles();
let key: SigningKey;
beforeAll(() => {
  key = makeKey('sel', 1_024);
});

const exists: Zone = { 'example.org': { MX: [[10, 'mail.example.org']] } };
const record = (text: string): Zone => ({ ...exists, '_dmarc.example.org': { TXT: [text] } });
const RUA = 'rua=mailto:dmarc@example.org';

describe('a DMARC record', () => {
  test('that says all is good', async () => {
    const text = `v=DMARC1; p=quarantine; ${RUA}`;
    expect(await said(dmarcCheck, names.situation(record(text)))).toEqual([
      `ok: p=quarantine; organization example.org: ${text}`,
    ]);
  });

  test('missing: one to publish, which never has pct=', async () => {
    const finding = await only(dmarcCheck, names.situation(exists), 'error');
    expect(finding.found).toBe('none at _dmarc.example.org, _dmarc.org');
    expect(finding.record).toEqual({
      name: '_dmarc.example.org',
      type: 'TXT',
      value: 'v=DMARC1; p=none; rua=mailto:dmarc@example.org',
    });
  });

  test('twice: receivers ignore both', async () => {
    const zone = { ...exists, '_dmarc.example.org': { TXT: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] } };
    const finding = await only(dmarcCheck, names.situation(zone), 'error');
    expect(finding.found).toMatch(/^2 at _dmarc\.example\.org, so receivers ignore all/);
  });

  test('with a policy that means nothing', async () => {
    const finding = await only(dmarcCheck, names.situation(record('v=DMARC1; p=refuse')), 'error');
    expect(finding.found).toBe('"v=DMARC1; p=refuse" at _dmarc.example.org, which receivers ignore');
  });

  test('with pct, rf or ri: the record without them', async () => {
    const zone = record(`v=DMARC1; p=reject; pct=20; ri=3600; ${RUA}`);
    const finding = await only(dmarcCheck, names.situation(zone), 'note');
    expect(finding.found).toBe('pct=, ri=');
    expect(finding.record!.value).toBe(`v=DMARC1; p=reject; ${RUA}`);
  });

  test('without rua, and with t=y: notes', async () => {
    const silent = await only(dmarcCheck, names.situation(record('v=DMARC1; p=none')), 'note');
    expect(silent.record!.value).toBe('v=DMARC1; p=none; rua=mailto:dmarc@example.org');
    const testing = await only(
      dmarcCheck,
      names.situation(record(`v=DMARC1; p=reject; t=y; ${RUA}`)),
      'note',
    );
    expect(testing).toMatchObject({ found: 't=y: receivers treat p=reject as one step milder' });
  });

  test('without p=: a warning', async () => {
    const finding = await only(dmarcCheck, names.situation(record(`v=DMARC1; ${RUA}`)), 'warning');
    expect(finding.record!.value).toBe(`v=DMARC1; p=none; ${RUA}`);
  });

  test.each([
    [
      'sp=, where the subdomain exists',
      { 'news.example.org': { MX: [[1, 'mail.example.org']] } },
      'sp=quarantine',
    ],
    ['np=, where it does not', {}, 'np=reject'],
  ] satisfies [string, Zone, string][])(
    'of the organization holds for a subdomain: %s',
    async (_, zone, policy) => {
      const sub = [newsletter({ from: { name: '', address: 'a@news.example.org' } })];
      const text = `v=DMARC1; p=none; sp=quarantine; np=reject; ${RUA}`;
      const situation = names.situation({ ...record(text), ...zone }, { newsletters: async () => sub });
      expect((await said(dmarcCheck, situation))[0]).toBe(
        `ok: ${policy}, from _dmarc.example.org; organization example.org: ${text}`,
      );
    },
  );

  test('SERVFAIL: a warning, and nothing to publish', async () => {
    const zone: Zone = { ...exists, '_dmarc.example.org': 'SERVFAIL' };
    expect(await only(dmarcCheck, names.situation(zone), 'warning')).toMatchObject({
      found: '_dmarc.example.org: no answer from the DNS (SERVFAIL)',
      record: null,
    });
  });

  test('of a domain that does not exist', async () => {
    const finding = (await dmarcCheck.run(names.situation({}))).find(({ found }) => /NXDOMAIN/.test(found));
    expect(finding).toMatchObject({ level: 'error', expected: 'a sender domain that exists' });
  });
});

describe('alignment', () => {
  const signing = () => ({ relays: [relay({ dkim: [key.setting] })] });

  test('SPF by the sender and DKIM by our key: good', async () => {
    expect(await said(alignmentCheck, names.situation(record('v=DMARC1; p=reject'), signing()))).toEqual([
      'ok: SPF by example.org: aligned; DKIM by example.org: aligned',
    ]);
  });

  test('a bounce domain below the organization is aligned, unless aspf=s', async () => {
    const bounces = { ...signing(), settings: { ...settings, bounceDomain: 'bounces.example.org' } };
    expect(await said(alignmentCheck, names.situation(record('v=DMARC1; p=none'), bounces))).toEqual([
      'ok: SPF by bounces.example.org: aligned; DKIM by example.org: aligned',
    ]);
    expect(await said(alignmentCheck, names.situation(record('v=DMARC1; p=none; aspf=s'), bounces))).toEqual([
      'note: SPF by bounces.example.org: not aligned (aspf=s allows only example.org itself); DKIM by example.org: aligned',
    ]);
  });

  test('a bounce domain elsewhere is not', async () => {
    const bounces = { ...signing(), settings: { ...settings, bounceDomain: 'bounces.example.net' } };
    expect(
      (await only(alignmentCheck, names.situation(record('v=DMARC1; p=none'), bounces), 'note')).change,
    ).toBe('choose a BOUNCE_DOMAIN below example.org instead of bounces.example.net');
  });

  test('without a DMARC record the parent is another organization, and its signature does not count', async () => {
    const sub = async () => [newsletter({ from: { name: '', address: 'a@news.example.org' } })];
    const situation = names.situation(exists, { ...signing(), newsletters: sub });
    expect((await only(alignmentCheck, situation, 'warning')).found).toBe(
      'SPF by news.example.org: aligned; DKIM by example.org: not aligned (the organization of news.example.org is news.example.org, that of example.org is example.org)',
    );
  });

  test('a provider that replaces the return path, and no key here: all depends on its signature', async () => {
    const ses = { relays: [relay({ profile: { name: 'ses', guessed: true } })] };
    const finding = await only(alignmentCheck, names.situation(record('v=DMARC1; p=reject'), ses), 'warning');
    expect(finding.change).toMatch(/have mail signed with d=example\.org.*a custom MAIL FROM domain/);
  });

  test('a free mailbox as the sender, through a relay that is not its own: an error', async () => {
    const gmail = async () => [newsletter({ from: { name: '', address: 'me@gmail.com' } })];
    const ses = { relays: [relay({ profile: { name: 'ses', guessed: true } })], newsletters: gmail };
    await only(
      alignmentCheck,
      names.situation({ '_dmarc.gmail.com': { TXT: ['v=DMARC1; p=none'] } }, ses),
      'error',
    );
  });
});

test('a DNS that does not answer leaves alignment open, instead of calling it wrong', async () => {
  const bounces = { settings: { ...settings, bounceDomain: 'bounces.example.org' } };
  const situation = names.situation({ '_dmarc.example.org': 'SERVFAIL' }, bounces);
  expect(await said(alignmentCheck, situation)).toEqual([
    'note: _dmarc.example.org: no answer from the DNS (SERVFAIL)',
  ]);
});

test('a sender outside ASCII is asked for in its ASCII form', async () => {
  const idn = async () => [newsletter({ from: { name: '', address: 'news@bücher.example' } })];
  const zone: Zone = { 'xn--bcher-kva.example': { MX: [[1, 'x.example']] } };
  const finding = await only(dmarcCheck, names.situation(zone, { newsletters: idn }), 'error');
  expect(finding.record!.name).toBe('_dmarc.xn--bcher-kva.example');
});
