/** TLS sessions of a relay: resumed where its certificate was found good, and nowhere else. */

import { type AddressInfo, createServer, type Socket } from 'node:net';
import tls, { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import type { RelaySettings } from '../../../src/ports.ts';
import { testCertificate } from '../../helpers/certificate.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';

const closers: (() => unknown)[] = [];
beforeEach(() => trust(testCertificate().cert));
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const close of closers.splice(0).reverse()) await close();
});

/** As if our machine knew this authority. */
function trust(ca: string | undefined): void {
  vi.restoreAllMocks();
  const connect = tls.connect as (options: object, then: () => void) => TLSSocket;
  vi.spyOn(tls, 'connect').mockImplementation(((options: object, then: () => void) =>
    connect({ ...options, ...(ca && { ca }) }, then)) as typeof tls.connect);
}

interface TlsServer {
  port: number;
  /** Of each handshake that ended well, whether it resumed a session. */
  resumed: boolean[];
  /** For the connections to come. */
  context: () => SecureContext;
}

/** Knows nothing of the sessions of another one. */
const newContext = (options: object = {}) => createSecureContext({ ...testCertificate(), ...options });

async function tlsServer({ secure = false, ...options }: { secure?: boolean; maxVersion?: string } = {}) {
  const context = newContext(options);
  const server: TlsServer = { port: 0, resumed: [], context: () => context };
  const listening = createServer((socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => {});
    if (secure) return serve(encrypted(server, socket), true);
    serve(socket, true, () => serve(encrypted(server, socket), false));
  });
  await new Promise<void>((resolve) => listening.listen(0, '0.0.0.0', resolve));
  closers.push(() => listening.close());
  server.port = (listening.address() as AddressInfo).port;
  return server;
}

function encrypted(server: TlsServer, socket: Socket): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext: server.context() });
  secured.on('secure', () => server.resumed.push(secured.isSessionReused()));
  secured.on('error', () => {});
  return secured;
}

function serve(socket: Socket, greets: boolean, startTls?: () => void): void {
  if (greets) socket.write('220 real\r\n');
  socket.on('data', (chunk) => {
    const verb = chunk.toString('latin1').slice(0, 4);
    if (verb === 'STAR') {
      socket.removeAllListeners('data');
      socket.write('220 2.0.0 go on\r\n');
      startTls?.();
    } else if (verb === 'EHLO')
      socket.write(`250-real\r\n${startTls ? '250-STARTTLS\r\n' : ''}250 8BITMIME\r\n`);
    else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
  });
}

function relayAt(port: number, more: Partial<RelaySettings> = {}) {
  return smtpRelay(relaySettings(port, { name: 'real', tls: 'required', ...more }), {
    commandMs: 2_000,
    dotMs: 2_000,
  });
}

test.each([
  { secure: false, maxVersion: 'TLSv1.3' },
  { secure: false, maxVersion: 'TLSv1.2' },
  { secure: true, maxVersion: 'TLSv1.3' },
  { secure: true, maxVersion: 'TLSv1.2' },
])('the next connection resumes the session of the last one: %o', async (way) => {
  const server = await tlsServer(way);
  const relay = relayAt(server.port, { secure: way.secure });
  for (const _ of [1, 2, 3])
    expect(await relay.probe()).toMatchObject({ tls: way.maxVersion, trusted: true });
  expect(server.resumed).toEqual([false, true, true]);
});

test('another relay resumes nothing, although its host is the same', async () => {
  const server = await tlsServer();
  for (const pool of [1, 2]) await relayAt(server.port, { pool }).probe();
  expect(server.resumed).toEqual([false, false]);
});

test('a certificate that nobody vouches for is looked at each time', async () => {
  trust(undefined);
  const server = await tlsServer();
  const relay = relayAt(server.port, { tls: 'opportunistic' });
  for (const _ of [1, 2]) expect((await relay.probe()).trusted).toBe(false);
  expect(server.resumed).toEqual([false, false]);
});

test('a good certificate of another name is looked at each time', async () => {
  const server = await tlsServer();
  const relay = relayAt(server.port, { tls: 'opportunistic', host: '127.0.0.2' });
  for (const _ of [1, 2]) expect((await relay.probe()).trusted).toBe(false);
  expect(server.resumed).toEqual([false, false]);
});

test('a session that the relay has forgotten gives way to a full handshake, whose certificate is checked', async () => {
  const server = await tlsServer();
  const relay = relayAt(server.port);
  await relay.probe();
  const another = newContext();
  server.context = () => another;
  await relay.probe();
  await relay.probe();
  expect(server.resumed).toEqual([false, false, true]);
  trust(undefined);
  server.context = () => newContext();
  await expect(relay.probe()).rejects.toThrow(/self-signed certificate/);
});

test('a relay that fails at resuming is met with a full handshake, not in the clear', async () => {
  const server = await tlsServer();
  const relay = relayAt(server.port, { tls: 'opportunistic' });
  await relay.probe();
  const contexts = [createSecureContext({}), newContext()];
  server.context = () => contexts.shift()!;
  expect(await relay.probe()).toMatchObject({ tls: 'TLSv1.3', trusted: true });
  expect(server.resumed).toEqual([false, false]);
});

test('an hour after its certificate was looked at, a session is resumed no more, however often it was', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const server = await tlsServer();
  const relay = relayAt(server.port);
  for (const minutes of [0, 25, 25, 25, 25]) {
    vi.advanceTimersByTime(minutes * 60_000);
    await relay.probe();
  }
  expect(server.resumed).toEqual([false, true, true, false, true]);
});
