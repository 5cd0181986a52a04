/**
 * What a relay's terms make of a whole message, proven against a server that is not ours (smtp-server): dots, 7 bits,
 * SIZE, addresses beyond ASCII. And a relay that closes before anything began, or TLS that somebody stands in the way of.
 */

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { RelayDown, RelayRefusesLogin } from '../../../src/errors.ts';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import type { RelaySettings } from '../../../src/ports.ts';
import type { Fill } from '../../../src/render/edition/edition.ts';
import { compileMessages } from '../../../src/render/message/message.ts';
import { edition } from '../../delivery/fixtures.ts';
import { testCertificate } from '../../helpers/certificate.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { type Stage, startSink } from '../../helpers/sink.ts';
import { until } from '../../helpers/until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Received {
  bytes: Buffer;
  mail: { address: string; args: unknown };
  to: string[];
}

async function server(options: SMTPServerOptions = {}) {
  const received: Received[] = [];
  const logins: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    allowInsecureAuth: true,
    onAuth({ username = '' }, _session, done) {
      logins.push(username);
      done(null, { user: username });
    },
    onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (mailFrom)
          received.push({ bytes: Buffer.concat(chunks), mail: mailFrom, to: rcptTo.map((to) => to.address) });
        done();
      });
    },
    ...options,
  });
  smtp.on('error', () => {});
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => new Promise<void>((resolve) => smtp.close(() => resolve())));
  return { port: (smtp.server.address() as AddressInfo).port, received, logins };
}

const relayAt = (port: number, more: Partial<RelaySettings> = {}) =>
  smtpRelay(relaySettings(port, { name: 'real', ...more }), { commandMs: 2_000, dotMs: 2_000 });

const fillOf = (address: string): Fill => ({
  to: { name: 'Zoë', address },
  reader: { email: address, name: 'Zoë', language: 'en', attributes: { city: 'Zürich' } },
  links: { unsubscribe: 'https://example.org/u/k1.abc' },
  messageId: '1.weekly@example.org',
  deliveryId: 'k1.d.tag',
  date: new Date('2026-11-23T12:00:00Z'),
});

async function handOver(port: number, to: string, parts: Partial<typeof edition> = {}) {
  const connection = await relayAt(port).open();
  closers.push(() => connection.close());
  const bytes = compileMessages({ ...edition, ...parts })(fillOf(to));
  const end = await connection.handOver(
    { from: 'news@example.org', to },
    bytes,
    async () => true,
    () => true,
  );
  return { end, bytes };
}

const dotted = ['.', '..', '.hidden', '', '.', 'and the end', ''].join('\n');

test.each([
  ['pipelined', {}],
  ['step by step', { hidePIPELINING: true }],
])('lines that begin with a dot arrive with it, and none ends the message early: %s', async (_, options) => {
  const { port, received } = await server(options);
  const { end, bytes } = await handOver(port, 'zoe@example.net', {
    text: dotted,
    html: `<pre>${dotted}</pre>`,
  });
  expect(end).toMatchObject({ kind: 'accepted' });
  expect(received[0]!.bytes.equals(bytes)).toBe(true);
  const { text, html } = await simpleParser(received[0]!.bytes, { skipTextToHtml: true });
  expect([text?.trimEnd(), html]).toEqual([dotted.trimEnd(), expect.stringContaining(dotted.trimEnd())]);
});

test('without 8BITMIME no 8-bit body is announced, and none is written', async () => {
  const { port, received } = await server({ hide8BITMIME: true });
  const { end } = await handOver(port, 'zoe@example.net', { text: 'Grüße, 你好\n' });
  expect(end).toMatchObject({ kind: 'accepted' });
  expect(received[0]!.mail.args).not.toHaveProperty('BODY');
  expect(received[0]!.bytes.every((octet) => octet < 0x80)).toBe(true);
  expect((await simpleParser(received[0]!.bytes)).text).toBe('Grüße, 你好\n');
});

test('SIZE and 8BITMIME are told with MAIL: the octets of the message, as they are sent', async () => {
  const { port, received } = await server({ size: 1_000_000 });
  const { bytes } = await handOver(port, 'zoe@example.net');
  expect(received[0]!.mail.args).toMatchObject({ SIZE: String(bytes.length), BODY: '8BITMIME' });
});

test('a message of just the size that the relay takes goes through, one octet more does not', async () => {
  const { length } = compileMessages(edition)(fillOf('zoe@example.net'));
  const [exact, small] = [await server({ size: length }), await server({ size: length - 1 })];
  expect((await handOver(exact.port, 'zoe@example.net')).end).toMatchObject({ kind: 'accepted' });
  expect((await handOver(small.port, 'zoe@example.net')).end).toMatchObject({
    kind: 'answered',
    reply: { code: 552, text: `the message has ${length} bytes, the relay takes ${length - 1}` },
  });
  expect(small.received).toEqual([]);
});

test('a connection whose relay takes smaller messages only is not used again: it may take larger ones since', async () => {
  const small = await server({ size: 100 });
  const connection = await relayAt(small.port).open();
  expect(connection.usable).toBe(true);
  const yes = async () => true;
  const end = await connection.handOver(
    { from: 'a@example.org', to: 'b@example.net' },
    Buffer.alloc(101),
    yes,
    () => true,
  );
  expect([end.kind, connection.usable]).toEqual(['answered', false]);
  await connection.close();
});

test('an address beyond ASCII arrives where SMTPUTF8 is offered, and is refused with that reason where it is not', async () => {
  const [able, unable] = [await server(), await server({ hideSMTPUTF8: true })];
  const to = 'zoë@example.net';
  expect((await handOver(able.port, to)).end).toMatchObject({ kind: 'accepted' });
  expect(able.received[0]).toMatchObject({ to: [to], mail: { args: { SMTPUTF8: true } } });
  expect((await handOver(unable.port, to)).end).toMatchObject({
    kind: 'answered',
    stage: 'rcpt',
    reply: { code: 553, enhanced: '5.6.7', text: expect.stringContaining('SMTPUTF8') },
  });
  expect(unable.received).toEqual([]);
});

test.each<Stage>(['connect', 'ehlo', 'tls', 'login'])(
  'a 421 at %s is a relay that is down, said in its own words, and lets go of the connection',
  async (stage) => {
    const sink = await startSink({
      tls: testCertificate(),
      login: { user: 'news', pass: 'hunter22' },
      behave: (step) => (step.stage === stage ? { reply: '421 4.3.2 too busy' } : undefined),
    });
    closers.push(() => sink.end());
    const opened = relayAt(sink.port, {
      user: 'news',
      pass: 'hunter22',
      tls: stage === 'tls' ? 'required' : 'opportunistic',
    }).open();
    await expect(opened).rejects.toThrow(RelayDown);
    await expect(opened).rejects.toThrow(/421 4\.3\.2 too busy/);
    await until('the connection is closed', () => sink.open === 0);
  },
);

test.each([
  ['from the start', { secure: true }],
  ['by STARTTLS', { disabledCommands: [] }],
])(
  'a certificate that nobody vouches for, TLS %s: no login is tried and no mail is told of',
  async (_, options) => {
    const { port, received, logins } = await server({ ...options, ...testCertificate() });
    const secure = 'secure' in options;
    const opened = relayAt(port, { secure, tls: 'required', user: 'news', pass: 'hunter22' }).open();
    await expect(opened).rejects.toThrow(RelayRefusesLogin);
    await expect(opened).rejects.toThrow(/does not offer the TLS that is required: .*certificate/);
    expect([logins, received]).toEqual([[], []]);
  },
);

test('TLS is required and taken out of what the relay offers: no login is tried', async () => {
  const { port, logins } = await server({ hideSTARTTLS: true });
  const opened = relayAt(port, { tls: 'required', user: 'news', pass: 'hunter22' }).open();
  await expect(opened).rejects.toThrow(RelayRefusesLogin);
  expect(logins).toEqual([]);
});

/** Offers STARTTLS, and says `injected` in the clear right behind its 220, as somebody in between would. */
async function injecting(injected: string) {
  const heard: string[] = [];
  const { key, cert } = testCertificate();
  const answer = (socket: Socket | TLSSocket, offers: string) => (chunk: Buffer) => {
    for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
      heard.push(line);
      if (line.startsWith('EHLO')) socket.write(offers);
      else if (line === 'STARTTLS') startTls(socket);
      else socket.write('250 2.0.0 ok\r\n');
    }
  };
  const startTls = (socket: Socket) => {
    socket.removeAllListeners('data');
    socket.write(`220 2.0.0 go on\r\n${injected}`);
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: createSecureContext({ key, cert }),
    });
    secured.on('error', () => {});
    secured.on('data', answer(secured, '250-real\r\n250 SIZE 5000\r\n'));
  };
  const listening = createServer((socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.write('220 real\r\n');
    socket.on('data', answer(socket, '250-real\r\n250-SIZE 99\r\n250 STARTTLS\r\n'));
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  closers.push(() => listening.close());
  return { heard, port: (listening.address() as AddressInfo).port };
}

test.each([
  ['a whole reply to the next EHLO', '250-evil\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 7\r\n'],
  ['the beginning of one', '250-SIZE 7 AUTH PLAIN'],
  ['a reply too many', '250 2.0.0 ok\r\n'],
])(
  '%s, injected before TLS, is forgotten with TLS: only what the relay says within counts',
  async (_, injected) => {
    const { heard, port } = await injecting(injected);
    expect(await relayAt(port).probe()).toMatchObject({ size: 5_000, pipelining: false });
    expect(heard.filter((line) => line.startsWith('AUTH'))).toEqual([]);
  },
);
