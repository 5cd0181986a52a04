/** `doctor`, the relay: a real SMTP connection, and what the relay says to it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { relayCheck } from '../../../src/doctor/mail/relay.ts';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import type { Certificate, RelayCapabilities, RelaySettings } from '../../../src/ports.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { type Sink, startSink } from '../../helpers/sink.ts';
import { only, relay, said, situationWith } from '../fixtures.ts';

let sink: Sink;
beforeAll(async () => {
  sink = await startSink({ login: { user: 'news', pass: 'hunter22' } });
});
afterAll(() => sink.end());

const real = (more: Partial<RelaySettings> = {}) =>
  situationWith({ relays: [smtpRelay(relaySettings(sink.port, more), { commandMs: 5_000, dotMs: 5_000 })] });

test('a relay that takes our login and our sender is good, and gets no mail', async () => {
  const found = await said(relayCheck, real({ user: 'news', pass: 'hunter22' }));
  expect(found[0]).toMatch(/^ok: 127\.0\.0\.1:\d+, .*login accepted$/);
  expect(found[1]).toMatch(/^ok: 250 /);
  expect(sink.accepted).toHaveLength(0);
});

test('a refused login says where to look, and not the password', async () => {
  const finding = await only(relayCheck, real({ user: 'news', pass: 'hunter23' }), 'error');
  expect(finding.change).toMatch(/^check user, password/);
  expect(JSON.stringify(finding)).not.toContain('hunter');
});

test('a relay that is not there', async () => {
  const gone = situationWith({
    relays: [smtpRelay(relaySettings(1), { commandMs: 5_000, dotMs: 5_000 })],
  });
  expect((await only(relayCheck, gone, 'error')).found).toMatch(/ECONNREFUSED/);
});

test('no relay at all', async () => {
  expect(await only(relayCheck, situationWith({ relays: [] }), 'error')).toMatchObject({
    subject: 'SMTP_URL',
  });
});

const offered: RelayCapabilities = {
  tls: 'TLSv1.3',
  trusted: true,
  certificate: null,
  login: true,
  pipelining: true,
  eightBit: true,
  utf8: true,
  size: null,
  helo: 'x',
  software: null,
};
const DAY_MS = 86_400_000;
const certificate = (days: number, distrusted: string | null = null): Certificate => ({
  names: ['mail.example.org'],
  issuer: 'An Authority',
  expires: new Date(Date.now() + days * DAY_MS),
  distrusted,
});

test.each([
  ['good for long', 'required', certificate(60), 'ok', /^until /],
  ['expires soon', 'required', certificate(3), 'warning', /^one that expires on 20/],
  ['has expired', 'required', certificate(-2), 'error', /^one that expired/],
  [
    'is for another name',
    'required',
    certificate(60, 'ERR_TLS_CERT_ALTNAME_INVALID'),
    'error',
    /^one for another name/,
  ],
  [
    'is not trusted, where nobody asks',
    'opportunistic',
    certificate(60, 'DEPTH_ZERO_SELF_SIGNED_CERT'),
    'warning',
    /^a self-signed one/,
  ],
] as const)('a certificate that %s', async (_, tls, given, level, found) => {
  const probe = async () => ({ ...offered, certificate: given, trial: null });
  const findings = await relayCheck.run(situationWith({ relays: [relay({ tls }, { probe })] }));
  expect(findings[1]).toMatchObject({ level, found: expect.stringMatching(found) });
});

test.each([
  [550, 'error'],
  [451, 'note'],
  [250, 'ok'],
] as const)('%i to our sender: %s', async (code, level) => {
  const reply = { code, enhanced: null, text: 'it says' };
  const probe = async () => ({ ...offered, trial: { mail: reply, rcpt: code < 400 ? reply : null } });
  const findings = await relayCheck.run(situationWith({ relays: [relay({}, { probe })] }));
  expect(findings.at(-1)).toMatchObject({ level, found: `${code} it says` });
});

test('in the clear over a network: a warning', async () => {
  const probe = async () => ({ ...offered, tls: null, trusted: null, trial: null });
  const situation = situationWith({ relays: [relay({}, { probe })] });
  expect((await only(relayCheck, situation, 'warning')).found).toMatch(/in the clear$/);
});
