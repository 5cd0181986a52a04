/** `doctor`, PTR and MX: the names behind addresses, and where mail comes back to. */
import { describe, expect, test } from 'vitest';
import { NotChecked } from '../../../src/doctor/check/check.ts';
import { zoneLine } from '../../../src/doctor/dns/record.ts';
import { legalCheck } from '../../../src/doctor/mail/legal.ts';
import { ptrCheck } from '../../../src/doctor/mail/ptr.ts';
import { returnMailCheck } from '../../../src/doctor/mail/return-mail.ts';
import type { Zone } from '../../helpers/dns-server.ts';
import { newsletter, only, relay, said, settings, situationWith, useNameServer } from '../fixtures.ts';

const names = useNameServer();

describe('PTR of what we send from', () => {
  const from = (zone: Zone) => names.situation(zone, { sendingAddresses: ['192.0.2.25'] });
  const forward: Zone = { 'mail.example.org': { A: ['192.0.2.25'] } };

  test('a name that leads back is good', async () => {
    const zone = { ...forward, '192.0.2.25': { PTR: ['mail.example.org'] } };
    expect(await said(ptrCheck, from(zone))).toEqual(['ok: mail.example.org']);
  });

  test('none: set one where the address is from', async () => {
    const finding = await only(ptrCheck, from(forward), 'error');
    expect(finding).toMatchObject({ found: 'no such name in the DNS (NXDOMAIN)' });
    expect(finding.change).toMatch(/^set the reverse DNS of 192\.0\.2\.25/);
  });

  test('a name that leads elsewhere: the record that is missing', async () => {
    const zone = { 'mail.example.org': { A: ['192.0.2.1'] }, '192.0.2.25': { PTR: ['mail.example.org'] } };
    const finding = await only(ptrCheck, from(zone), 'error');
    expect(finding.found).toBe('mail.example.org, which leads to 192.0.2.1');
    expect(zoneLine(finding.record!)).toBe('mail.example.org. IN A 192.0.2.25');
  });

  test('SERVFAIL is a warning', async () => {
    expect(await only(ptrCheck, from({ '192.0.2.25': 'SERVFAIL' }), 'warning')).toMatchObject({
      record: null,
    });
  });

  test('of a relay that delivers by itself is learnt from its host', async () => {
    const zone: Zone = { 'mail.example.org': { A: ['9.9.9.9'] }, '9.9.9.9': { PTR: ['mail.example.org'] } };
    const direct = names.situation(zone, { relays: [relay({ direct: true })] });
    expect(await said(ptrCheck, direct)).toEqual(['ok: mail.example.org']);
  });

  test('is not checked where a relay delivers for us', async () => {
    await expect(ptrCheck.run(names.situation({}))).rejects.toThrow(NotChecked);
  });
});

describe('where mail comes back to', () => {
  const bounces = { settings: { ...settings, bounceDomain: 'bounces.example.org' } };
  const mail: Zone = {
    'example.org': { MX: [[10, 'mx.example.org']] },
    'mx.example.org': { A: ['192.0.2.1'] },
  };

  test('MX of the bounce domain and of the sender', async () => {
    const zone = { ...mail, 'bounces.example.org': { MX: [[10, 'mx.example.org']] } } satisfies Zone;
    expect(await said(returnMailCheck, names.situation(zone, bounces))).toEqual([
      'ok: mx.example.org',
      'ok: mx.example.org',
    ]);
  });

  test('no MX of the bounce domain: an error with a record', async () => {
    const zone: Zone = { ...mail, 'bounces.example.org': { A: ['192.0.2.1'] } };
    const finding = await only(returnMailCheck, names.situation(zone, bounces), 'error');
    expect(zoneLine(finding.record!)).toBe('bounces.example.org. IN MX 10 mail.bounces.example.org.');
  });

  test('a bounce domain whose mail nobody reads: a warning', async () => {
    const zone = { ...mail, 'bounces.example.org': { MX: [[10, 'mx.example.org']] } } satisfies Zone;
    const unread = { settings: { ...bounces.settings, readsFeedbackMail: false } };
    expect((await only(returnMailCheck, names.situation(zone, unread), 'warning')).change).toMatch(
      /FEEDBACK_IMAP_URL/,
    );
  });

  test('no BOUNCE_DOMAIN: a note', async () => {
    expect(await only(returnMailCheck, names.situation(mail), 'note')).toMatchObject({
      subject: 'BOUNCE_DOMAIN',
    });
  });

  test('a null MX of the sender', async () => {
    const zone: Zone = { 'example.org': { MX: [[0, '.']] } };
    expect((await only(returnMailCheck, names.situation(zone), 'error')).found).toMatch(/^a null MX/);
  });

  test('hosts without an address: a warning for one, an error for all', async () => {
    const one: Zone = {
      ...mail,
      'example.org': {
        MX: [
          [10, 'mx.example.org'],
          [20, 'gone.example.org'],
        ],
      },
    };
    expect((await only(returnMailCheck, names.situation(one), 'warning')).found).toBe(
      'mx.example.org, gone.example.org, of which gone.example.org has no address',
    );
    const all: Zone = { 'example.org': { MX: [[20, 'gone.example.org']] } };
    await only(returnMailCheck, names.situation(all), 'error');
  });

  test('the domain of Reply-To counts too', async () => {
    const replies = async () => [newsletter({ replyTo: { name: '', address: 'hello@example.net' } })];
    const situation = names.situation(mail, { newsletters: replies });
    expect(await only(returnMailCheck, situation, 'error')).toMatchObject({
      subject: 'example.net (replies)',
    });
  });
});

describe('the law', () => {
  test.each([
    [['us'], '', 'error'],
    [[], '', 'warning'],
    [['eu'], '', 'ok'],
    [['us'], '1 Street', 'ok'],
  ] as const)('profile %j with the postal address "%s": %s', async (legalProfile, postalAddress, level) => {
    const [finding] = await legalCheck.run(
      situationWith({ newsletters: async () => [newsletter({ legalProfile, postalAddress })] }),
    );
    expect(finding!.level).toBe(level);
  });
});
