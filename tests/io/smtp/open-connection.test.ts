/** Opening a connection: which name is given, how often EHLO is said, which logins are tried, how long it may take. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { RelayDown, RelayRefusesLogin } from '../../../src/errors.ts';
import { heloName } from '../../../src/io/smtp/helo-name.ts';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import type { RelaySettings } from '../../../src/ports.ts';
import { testCertificate } from '../../helpers/certificate.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { until } from '../../helpers/until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Answer = (line: string, socket: Socket) => string | undefined;

/** A server of a few lines; what it hears is kept, `|` between connections. STARTTLS works when it is offered. */
async function scripted(answer: Answer, greeting = '220 real', certificate: object = testCertificate()) {
  const server = { heard: [] as string[], port: 0, open: 0 };
  const serve = (socket: Socket) => {
    let rest = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        server.heard.push(line);
        if (line === 'STARTTLS') return startTls(socket);
        const reply = answer(line, socket) ?? usual(line);
        if (reply !== '') socket.write(`${reply}\r\n`);
        if (line === 'QUIT' || reply.startsWith('421')) socket.end();
      }
    });
  };
  const startTls = (socket: Socket) => {
    socket.removeAllListeners('data');
    socket.write('220 2.0.0 go on\r\n');
    serve(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificate) }));
  };
  const listening = createServer((socket) => {
    server.open += 1;
    closers.push(() => socket.destroy());
    socket.on('close', () => {
      server.open -= 1;
    });
    if (server.heard.length > 0) server.heard.push('|');
    socket.write(`${greeting}\r\n`);
    serve(socket);
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  closers.push(() => listening.close());
  server.port = (listening.address() as AddressInfo).port;
  return server;
}

const offering =
  (...keywords: string[]): Answer =>
  (line) =>
    /^EHLO/.test(line)
      ? ['250-real', ...keywords.map((k) => `250-${k}`), '250 8BITMIME'].join('\r\n')
      : undefined;

function usual(line: string): string {
  if (/^(EHLO|HELO)/.test(line)) return '250 real';
  if (/^AUTH/.test(line)) return '235 2.7.0 welcome';
  return line === 'DATA' ? '354 go on' : line === 'QUIT' ? '221 2.0.0 bye' : '250 2.0.0 ok';
}

const relayAt = (port: number, more: Partial<RelaySettings> = {}, commandMs = 2_000) =>
  smtpRelay(relaySettings(port, { name: 'real', ...more }), { commandMs, dotMs: 2_000 });

const login = { user: 'news', pass: 'hunter22' };

test.each([
  ['in the clear', [], ['EHLO', 'AUTH', 'QUIT']],
  ['with STARTTLS', ['STARTTLS'], ['EHLO', 'STARTTLS', 'EHLO', 'AUTH', 'QUIT']],
])('one EHLO after TLS, none after the login: %s', async (_name, keywords, verbs) => {
  const server = await scripted(offering('PIPELINING', 'SIZE 1000', 'AUTH PLAIN', ...keywords));
  const { tls, pipelining, size } = await relayAt(server.port, login).probe();
  expect(server.heard.map((line) => line.split(' ')[0])).toEqual(verbs);
  expect([tls !== null, pipelining, size]).toEqual([keywords.length > 0, true, 1_000]);
});

test('a server that forgets the login with a new EHLO takes our mail', async () => {
  let loggedIn = false;
  const server = await scripted((line) => {
    if (/^EHLO/.test(line)) loggedIn = false;
    if (/^AUTH/.test(line)) loggedIn = true;
    if (/^MAIL/.test(line) && !loggedIn) return '530 5.7.0 Authentication required';
    return offering('AUTH PLAIN')(line, null as never);
  });
  const envelope = { from: 'news@example.org', to: 'ann@example.org' };
  expect(await relayAt(server.port, login).probe(envelope)).toMatchObject({
    login: true,
    trial: { mail: { code: 250 }, rcpt: { code: 250 } },
  });
});

test.each(['500 5.5.1 Command unrecognized', '502 5.5.2 not implemented'])(
  'HELO where EHLO is unknown (%s): nothing is offered, and mail goes',
  async (reply) => {
    const server = await scripted((line) => (/^EHLO/.test(line) ? reply : undefined));
    const connection = await relayAt(server.port).open();
    const bytes = Buffer.from('Subject: x\r\n\r\nx\r\n');
    const end = connection.handOver(
      { from: 'a@example.org', to: 'b@example.org' },
      bytes,
      async () => true,
      () => true,
    );
    await until('the dot', () => server.heard.includes('.'));
    expect((await end).kind).toBe('accepted');
    expect(server.heard.map((line) => line.slice(0, 4)).slice(0, 5)).toEqual([
      'EHLO',
      'HELO',
      'MAIL',
      'RCPT',
      'DATA',
    ]);
    await connection.close();
  },
);

test('a relay that knows no EHLO cannot give the TLS that is required', async () => {
  const server = await scripted((line) => (/^EHLO/.test(line) ? '502 5.5.2 not implemented' : undefined));
  await expect(relayAt(server.port, { tls: 'required' }).open()).rejects.toThrow(/does not offer the TLS/);
});

test.each([
  ['mail.example.org', undefined, '192.0.2.1', 'mail.example.org'],
  ['9f3ab27c01de', undefined, '172.17.0.2', '[172.17.0.2]'],
  ['9f3ab27c01de', undefined, '::ffff:172.17.0.2', '[172.17.0.2]'],
  ['localhost', undefined, 'fe80::1%eth0', '[IPv6:fe80::1]'],
  ['10.0.0.7', undefined, '10.0.0.7', '[10.0.0.7]'],
  ['web_1.lan', undefined, '10.0.0.7', 'web-1.lan'],
  ['9f3ab27c01de', 'mail.example.org', '172.17.0.2', 'mail.example.org'],
])('host %s, helo=%s, from %s: we say EHLO %s', (host, wanted, address, name) => {
  expect(heloName(wanted, address, host)).toBe(name);
});

test('the name in helo= is said with every EHLO; without it one that a strict relay takes', async () => {
  const server = await scripted(offering('STARTTLS'));
  await relayAt(server.port, { helo: 'mail.example.org' }).probe();
  expect(server.heard.filter((line) => line.startsWith('EHLO'))).toEqual([
    'EHLO mail.example.org',
    'EHLO mail.example.org',
  ]);
  server.heard.length = 0;
  await relayAt(server.port).probe();
  expect(server.heard[0]).toMatch(/^EHLO (\[127\.0\.0\.1\]|[\w-]+\.[\w.-]+)$/);
});

test('a relay that refuses our name at EHLO wants a person, and says which setting', async () => {
  const server = await scripted((line) =>
    /^(EHLO|HELO)/.test(line) ? '504 5.5.2 Helo command rejected: need fully-qualified hostname' : undefined,
  );
  const opened = relayAt(server.port).open();
  await expect(opened).rejects.toThrow(RelayRefusesLogin);
  await expect(opened).rejects.toThrow(/helo= in SMTP_URL.*need fully-qualified hostname/);
});

test('PLAIN refused, LOGIN offered: it is tried, and the next connection begins with it', async () => {
  const lines: string[] = [];
  const server = await scripted((line) => {
    if (/^AUTH PLAIN/.test(line)) return '535 5.7.8 not this one';
    if (line === 'AUTH LOGIN') return '334 VXNlcm5hbWU6';
    if (/^[\w+/=]+$/.test(line) && line !== 'QUIT' && line !== 'DATA') {
      lines.push(Buffer.from(line, 'base64').toString());
      return lines.length % 2 === 1 ? '334 UGFzc3dvcmQ6' : '235 2.7.0 welcome';
    }
    return offering('AUTH PLAIN LOGIN')(line, null as never);
  });
  const relay = relayAt(server.port, login);
  expect((await relay.probe()).login).toBe(true);
  await relay.probe();
  expect(lines).toEqual(['news', 'hunter22', 'news', 'hunter22']);
  expect(server.heard.filter((line) => line.startsWith('AUTH')).map((line) => line.slice(0, 10))).toEqual([
    'AUTH PLAIN',
    'AUTH LOGIN',
    'AUTH LOGIN',
  ]);
});

test('a server that closes after a refused login is asked for the next mechanism on another connection', async () => {
  const server = await scripted((line, socket) => {
    if (/^AUTH PLAIN/.test(line)) setImmediate(() => socket.end());
    if (/^AUTH PLAIN/.test(line)) return '535 5.7.8 not this one';
    if (/^AUTH CRAM/.test(line)) return `334 ${Buffer.from('<1@real>').toString('base64')}`;
    if (/^[\w+/=]{20,}$/.test(line)) return '235 2.7.0 welcome';
    return offering('AUTH PLAIN CRAM-MD5')(line, null as never);
  });
  expect((await relayAt(server.port, login).probe()).login).toBe(true);
  expect(server.heard).toContain('|');
});

test('all offered mechanisms refused: the error names each with its reply, and no password', async () => {
  const server = await scripted((line) =>
    /^AUTH/.test(line)
      ? '535 5.7.8 bad credentials'
      : offering('AUTH PLAIN LOGIN XOAUTH2')(line, null as never),
  );
  const opened = relayAt(server.port, login).open();
  await expect(opened).rejects.toThrow(RelayRefusesLogin);
  await expect(opened).rejects.toThrow(/PLAIN: .*535.*; LOGIN: .*535/);
  await expect(opened).rejects.not.toThrow(/hunter22|XOAUTH2/);
});

test('auth= chooses one mechanism, and no other is tried', async () => {
  const server = await scripted((line) =>
    /^AUTH/.test(line) ? '535 5.7.8 bad credentials' : offering('AUTH PLAIN LOGIN')(line, null as never),
  );
  await expect(relayAt(server.port, { ...login, auth: { mechanism: 'LOGIN' } }).open()).rejects.toThrow(
    RelayRefusesLogin,
  );
  expect(server.heard.filter((line) => line.startsWith('AUTH'))).toEqual(['AUTH LOGIN']);
});

function tokenFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postrider-token-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 'token');
}

const bearer = (token: string) =>
  `AUTH XOAUTH2 ${Buffer.from(`user=news\x01auth=Bearer ${token}\x01\x01`).toString('base64')}`;

test('XOAUTH2 reads its token anew at each login', async () => {
  const file = tokenFile();
  const server = await scripted(offering('AUTH PLAIN XOAUTH2'));
  const relay = relayAt(server.port, { user: 'news', auth: { mechanism: 'XOAUTH2', tokenFile: file } });
  for (const token of ['first', 'second']) {
    writeFileSync(file, `${token}\n`);
    await relay.probe();
  }
  expect(server.heard.filter((line) => line.startsWith('AUTH'))).toEqual([bearer('first'), bearer('second')]);
});

test('a token that was renewed while it was refused is tried again; one that was not wants a person', async () => {
  const file = tokenFile();
  writeFileSync(file, 'old');
  const server = await scripted((line) => {
    if (line === bearer('old')) return '334 eyJzdGF0dXMiOiI0MDEifQ==';
    if (line === '') {
      if (renew) writeFileSync(file, 'new');
      return '535 5.7.8 Username and Password not accepted';
    }
    return offering('AUTH XOAUTH2')(line, null as never);
  });
  let renew = false;
  const relay = relayAt(server.port, { user: 'news', auth: { mechanism: 'XOAUTH2', tokenFile: file } });
  await expect(relay.probe()).rejects.toThrow(RelayRefusesLogin);
  renew = true;
  expect((await relay.probe()).login).toBe(true);
});

test.each([
  ['missing', null],
  ['empty', ''],
])('a token file that is %s is waited for: whoever renews it may be writing it', async (_name, text) => {
  const file = tokenFile();
  if (text !== null) writeFileSync(file, text);
  const server = await scripted(offering('AUTH XOAUTH2'));
  const relay = relayAt(server.port, { user: 'news', auth: { mechanism: 'XOAUTH2', tokenFile: file } });
  await expect(relay.open()).rejects.toThrow(RelayDown);
  await expect(relay.open()).rejects.toThrow(/token/);
});

test.each([
  ['the greeting', ''],
  ['the reply to EHLO', 'EHLO'],
  ['the reply to AUTH', 'AUTH'],
])('one deadline for the whole opening, however slowly octets of %s come', async (_name, verb) => {
  const drip = (socket: Socket) => {
    const timer = setInterval(() => socket.write('2'), 40);
    socket.on('close', () => clearInterval(timer));
    closers.push(() => clearInterval(timer));
    return '';
  };
  const server = await scripted(
    (line, socket) =>
      verb !== '' && line.startsWith(verb) ? drip(socket) : offering('AUTH PLAIN')(line, socket),
    verb === '' ? '220-' : '220 real',
  );
  const began = performance.now();
  await expect(relayAt(server.port, login, 300).open()).rejects.toThrow(/within 0.3 s|timeout|Greeting/i);
  expect(performance.now() - began).toBeLessThan(2_000);
  await until('the connection is let go of', () => server.open === 0);
});

test('what a relay said at the opening stays readable: code, text, and where', async () => {
  const server = await scripted((line) =>
    /^AUTH/.test(line)
      ? '451 Authentication failed: Maximum credits exceeded'
      : offering('AUTH PLAIN')(line, null as never),
  );
  await expect(relayAt(server.port, login).open()).rejects.toMatchObject({
    stage: 'login',
    reply: { code: 451, text: 'Authentication failed: Maximum credits exceeded' },
  });
});

test.each(['PIPECONNECT', 'PRDR'])('an Exim is known by its %s', async (keyword) => {
  const server = await scripted(offering(keyword));
  expect((await relayAt(server.port).probe()).software).toBe('exim');
  expect((await relayAt((await scripted(offering('DSN'))).port).probe()).software).toBe(null);
});

/** Without a certificate no handshake succeeds; OpenSMTPD of Debian 12 has one, and fails each all the same. */
const failing = () => scripted(offering('STARTTLS', 'AUTH PLAIN'), '220 real', {});

test('a handshake that fails where TLS is opportunistic: the connection is opened anew in the clear', async () => {
  const server = await failing();
  const { tls } = await relayAt(server.port).probe();
  expect(tls).toBeNull();
  expect(server.heard).toEqual([
    expect.stringMatching(/^EHLO/),
    'STARTTLS',
    '|',
    expect.stringMatching(/^EHLO/),
    'QUIT',
  ]);
});

test.each<[string, Partial<RelaySettings>]>([
  ['where TLS is required', { tls: 'required' }],
  ['where a password would go in the clear', login],
])('a handshake that fails is never answered in the clear %s', async (_name, settings) => {
  const server = await failing();
  await expect(relayAt(server.port, settings).probe()).rejects.toThrow(/handshake failure/);
  expect(server.heard).toEqual([expect.stringMatching(/^EHLO/), 'STARTTLS']);
});
