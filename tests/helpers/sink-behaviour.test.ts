/** Everything the sink can do to a client, each proved by the octets that the client gets. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import nodemailer from 'nodemailer';
import { afterEach, expect, test } from 'vitest';
import { testCertificate } from './certificate.ts';
import { type Behaviour, type Sink, type SinkOptions, type Stage, startSink } from './sink.ts';
import { until } from './until.ts';

let sink: Sink;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await sink.end();
});

const EHLO = 'EHLO me\r\n';
const mail = (to: string) => `MAIL FROM:<a@example.org>\r\nRCPT TO:<${to}>\r\nDATA\r\n`;
const body = 'Message-ID: <1@example.org>\r\n\r\nhello\r\n.\r\n';

class Client {
  heard = '';
  ended = false;
  closed = false;
  readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.heard += chunk.toString('latin1');
    });
    socket.on('end', () => {
      this.ended = true;
    });
    socket.on('close', () => {
      this.closed = true;
    });
  }

  write(text: string): this {
    this.socket.write(text);
    return this;
  }

  async hears(wanted: RegExp): Promise<this> {
    await until(`the client hears ${wanted}`, () => wanted.test(this.heard), { found: () => this.heard });
    return this;
  }

  async isClosed(): Promise<void> {
    await until('the connection is closed', () => this.closed || this.ended, { found: () => this.heard });
  }
}

async function client(behaviour: Partial<Record<Stage, Behaviour>> = {}, options: SinkOptions = {}) {
  sink = await startSink({ behave: ({ stage }) => behaviour[stage], ...options });
  return new Client(connect({ port: sink.port, host: '127.0.0.1' }));
}

test('takes the next commands glued behind a dot, and the next message behind those', async () => {
  const one = await client();
  one.write(EHLO + mail('x@a.b') + body + mail('y@a.b'));
  await one.hears(/354[\s\S]*queued[\s\S]*354/);
  one.write(`${body}QUIT\r\n`);
  await one.hears(/221/);
  expect(sink.accepted.map((message) => message.to)).toEqual(['x@a.b', 'y@a.b']);
});

test.each(['connect', 'ehlo', 'mail', 'rcpt', 'data', 'dot'] as const)(
  'answers 4xx and 5xx at %s',
  async (stage) => {
    for (const reply of ['451 4.3.0 later', '554 5.7.1 no']) {
      const one = await client({ [stage]: { reply } });
      one.write(EHLO + mail('x@a.b'));
      if (stage === 'dot') (await one.hears(/354/)).write(body);
      await one.hears(new RegExp(reply));
      expect(sink.accepted).toEqual([]);
      expect(sink.unanswered).toBe(0);
      await sink.end();
    }
  },
);

test.each(['connect', 'ehlo', 'mail', 'rcpt', 'data', 'dot'] as const)(
  'says 421 at %s and closes; what was written behind it is not read',
  async (stage) => {
    const one = await client({ [stage]: { reply: '421 4.3.2 closing', close: true } });
    one.write(EHLO + mail('x@a.b') + body + mail('y@a.b'));
    await one.hears(/421 4\.3\.2 closing\r\n$/);
    await one.isClosed();
    expect(sink.tries('y@a.b')).toBe(0);
  },
);

test('drops before 354, after it in the body, and after the dot: kept or not', async () => {
  const ends: [Stage, Behaviour, number, number, number][] = [
    ['data', { drop: true }, 0, 0, 0],
    ['body', { drop: true }, 0, 0, 1],
    ['dot', { drop: true }, 0, 1, 0],
    ['dot', { drop: true, keep: true }, 1, 1, 0],
  ];
  for (const [stage, behaviour, accepted, unanswered, cutBodies] of ends) {
    const one = await client({ [stage]: behaviour });
    one.write(EHLO + mail('x@a.b') + body);
    await one.isClosed();
    expect(sink).toMatchObject({ accepted: { length: accepted }, unanswered, cutBodies });
    await sink.end();
  }
});

test('half a reply, then nothing: at the dot that counts as no reply', async () => {
  for (const raw of ['250-', '25', '250 2.0.0 que']) {
    const one = await client({ dot: { raw, close: true, keep: true } });
    one.write(EHLO + mail('x@a.b') + body);
    await one.isClosed();
    expect(one.heard.endsWith(`354 go on\r\n${raw}`)).toBe(true);
    expect(sink).toMatchObject({ accepted: { length: 1 }, unanswered: 1 });
    await sink.end();
  }
});

test('bare LF, NUL and invalid UTF-8 in a reply, and several lines, are replies all the same', async () => {
  for (const raw of [
    '250 2.0.0 ok\n',
    '250 2.0.0 \u0000\u00ff\u00fe ok\r\n',
    '250-one\r\n250-two\r\n250 three\r\n',
  ]) {
    const one = await client({ dot: { raw } });
    one.write(EHLO + mail('x@a.b') + body);
    await until('all is heard', () => one.heard.endsWith(raw), { found: () => one.heard });
    expect(sink).toMatchObject({ accepted: { length: 1 }, unanswered: 0 });
    await sink.end();
  }
});

test('a reply over 64 KB, whole or without an end, counts as none', async () => {
  for (const raw of [`${'250-on and on\r\n'.repeat(6_000)}250 ok\r\n`, `250 ${'x'.repeat(80_000)}`]) {
    const one = await client({ dot: { raw, keep: true } });
    one.write(EHLO + mail('x@a.b') + body);
    await until('all is heard', () => one.heard.endsWith(raw));
    expect(sink).toMatchObject({ accepted: { length: 1 }, unanswered: 1 });
    await sink.end();
  }
});

test('a late reply is counted as lost only when the client did not wait for it', async () => {
  const one = await client({ dot: { lateMs: 30 } });
  one.write(EHLO + mail('x@a.b') + body);
  await one.hears(/queued/);
  expect(sink.unanswered).toBe(0);
  sink.behave = ({ stage }) => (stage === 'dot' ? { lateMs: 60_000 } : undefined);
  one.write(mail('y@a.b') + body);
  await until('the second is taken', () => sink.accepted.length === 2);
  one.socket.destroy();
  await until('it is counted', () => sink.unanswered === 1 && sink.left === 1);
});

test('closes every two messages', async () => {
  const one = await client();
  sink.behave = ({ stage, nth }) => (stage === 'dot' && nth % 2 === 0 ? { close: true } : undefined);
  one.write(EHLO + mail('x@a.b') + body + mail('y@a.b') + body + mail('z@a.b'));
  await one.isClosed();
  expect(sink.accepted).toHaveLength(2);
  expect(sink.tries('z@a.b')).toBe(0);
});

test('says 421 unasked on an idle connection, but not on a busy one', async () => {
  const one = await client({ dot: { idle: { ms: 30, reply: '421 4.4.2 idle too long' } } });
  one.write(EHLO + mail('x@a.b') + body);
  await one.hears(/421 4\.4\.2 idle too long/);
  await one.isClosed();
  await sink.end();
  const two = await client({ dot: { idle: { ms: 60_000, reply: '421 idle' } } });
  two.write(`${EHLO + mail('x@a.b') + body + mail('y@a.b') + body}QUIT\r\n`);
  await two.hears(/221/);
  expect(two.heard).not.toContain('421');
});

test('offers what it is told to: no PIPELINING, a tiny SIZE', async () => {
  const one = await client({ ehlo: { extensions: ['SIZE 10'] } });
  one.write(EHLO);
  await one.hears(/250-sink\r\n250 SIZE 10\r\n$/);
});

test('tells what it calls back when an answer is given, and which port the client has', async () => {
  const seen: string[] = [];
  const one = await client();
  sink.behave = ({ stage, peer, nth }) =>
    stage === 'dot' ? { onAnswered: () => seen.push(`${peer} ${nth} ${sink.accepted.length}`) } : undefined;
  one.write(EHLO + mail('x@a.b') + body);
  await one.hears(/queued/);
  expect(seen).toEqual([`${one.socket.localPort} 1 1`]);
  expect(sink.peers).toEqual(new Set([one.socket.localPort]));
});

test('speaks TLS after STARTTLS and from the start, with a certificate that its authority trusts', async () => {
  const certificate = testCertificate();
  for (const implicit of [false, true]) {
    sink = await startSink({ tls: { ...certificate, implicit } });
    const relay = nodemailer.createTransport({
      host: '127.0.0.1',
      port: sink.port,
      secure: implicit,
      requireTLS: true,
      tls: { ca: certificate.cert },
    });
    await relay.sendMail({ from: 'a@example.org', to: 'x@a.b', text: 'hello' });
    expect(sink.accepted).toHaveLength(1);
    await sink.end();
  }
});

test('refuses STARTTLS, offers it and cuts, and cuts inside TLS', async () => {
  const tls = testCertificate();
  const refused = await client({ tls: { reply: '454 4.7.0 TLS not available' } }, { tls });
  refused.write(`${EHLO}STARTTLS\r\n`);
  await refused.hears(/STARTTLS\r\n[\s\S]*454 4\.7\.0/);
  await sink.end();
  const cut = await client({ tls: { raw: '220 go on\r\n', close: true } }, { tls });
  cut.write(`${EHLO}STARTTLS\r\n`);
  await cut.isClosed();
  await sink.end();
  sink = await startSink({
    tls: { ...tls, implicit: true },
    behave: ({ stage }) => ({ drop: stage === 'dot' }),
  });
  const inside = new Client(connectTls({ port: sink.port, host: '127.0.0.1', ca: tls.cert }));
  await inside.write(EHLO + mail('x@a.b')).hears(/354/);
  await inside.write(body).isClosed();
  expect(sink).toMatchObject({ accepted: [], unanswered: 1 });
});

test('remembers what was closed a moment ago', async () => {
  const one = await client({ dot: { close: true } });
  one.write(EHLO + mail('x@a.b') + body);
  await one.isClosed();
  await until('the sink has seen it closed', () => sink.open === 0);
  expect([sink.closedWithin(60_000), sink.closedWithin(0)]).toEqual([1, 0]);
});
