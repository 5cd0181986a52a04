/** Every way a relay can answer or fail, by name: what the wire makes of it, and whether a dot was ever written. */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, expect, test } from 'vitest';
import { RelayDown, RelayRefusesLogin } from '../../../src/errors.ts';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import type { HandOver, RelaySettings, SmtpConnection } from '../../../src/ports.ts';
import { testCertificate } from '../../helpers/certificate.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { type Behaviour, type Sink, type SinkOptions, type Stage, startSink } from '../../helpers/sink.ts';
import { until } from '../../helpers/until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const times = { commandMs: 1_000, dotMs: 1_000 };
const letter = (size = 0) =>
  Buffer.from(
    `From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <1.2@example.org>\r\n\r\nHello.\r\n${`${'x'.repeat(76)}\r\n`.repeat(Math.ceil(size / 78))}`,
  );
const message = letter();
const envelope = { from: 'a@example.org', to: 'b@example.org' };
const granted = async () => true;
const fresh = () => true;

async function sinkWith(options: SinkOptions = {}): Promise<Sink> {
  const sink = await startSink(options);
  closers.push(() => sink.end());
  return sink;
}

async function open(port: number, more: Partial<RelaySettings> = {}): Promise<SmtpConnection> {
  const connection = await smtpRelay(relaySettings(port, more), times).open();
  closers.push(() => connection.close());
  return connection;
}

const at = (stage: Stage, behaviour: Behaviour) => ({
  behave: (step: { stage: Stage }) => (step.stage === stage ? behaviour : undefined),
});

/** A relay of a few lines that keeps every byte it was sent: `answer` gets each line before DATA's end, and the socket. */
async function rawRelay(answer: (line: string, socket: Socket) => string | undefined) {
  const raw = { heard: '', port: 0 };
  const server: Server = createServer((socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.write('220 raw\r\n');
    let rest = '';
    socket.on('data', (chunk) => {
      raw.heard += chunk.toString('latin1');
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        const reply = answer(line, socket) ?? usual(line);
        if (reply) socket.write(Buffer.from(reply, 'latin1'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  raw.port = (server.address() as AddressInfo).port;
  return raw;
}

function usual(line: string): string | undefined {
  if (/^EHLO/.test(line)) return '250-raw\r\n250-PIPELINING\r\n250 8BITMIME\r\n';
  if (/^(MAIL|RCPT|RSET)/.test(line)) return '250 2.0.0 ok\r\n';
  if (/^DATA/.test(line)) return '354 go on\r\n';
  return line === '.' ? '250 2.0.0 taken\r\n' : undefined;
}

test("a message whose mark is granted is accepted, with the relay's reply; the connection goes on", async () => {
  const sink = await sinkWith();
  const connection = await open(sink.port);
  for (let n = 0; n < 3; n += 1)
    expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
      kind: 'accepted',
      reply: { code: 250 },
    });
  expect([sink.connections, sink.accepted.length]).toEqual([1, 3]);
});

test.each([
  ['a refused mark', async () => false, fresh],
  ['a stale mark', granted, () => false],
])('%s: no dot is written, and the connection is cut', async (_name, mark, stillFresh) => {
  const raw = await rawRelay(() => undefined);
  const connection = await open(raw.port);
  expect(await connection.handOver(envelope, message, mark, stillFresh)).toMatchObject({
    kind: 'unwritten',
    cutByUs: true,
  });
  expect(connection.usable).toBe(false);
  await connection.close();
  expect(raw.heard).toMatch(/DATA\r\n$/);
});

test('a late mark holds the dot back, not the conversation', async () => {
  const sink = await sinkWith();
  const connection = await open(sink.port);
  let grant = (_: boolean) => {};
  const marked = new Promise<boolean>((resolve) => {
    grant = resolve;
  });
  let reachedData = false;
  sink.behave = ({ stage }) => {
    reachedData ||= stage === 'data';
    return undefined;
  };
  const end = connection.handOver(envelope, message, () => marked, fresh);
  await until('the relay waits for the message', () => reachedData);
  expect(sink.accepted).toEqual([]);
  grant(true);
  expect(await end).toMatchObject({ kind: 'accepted' });
});

test.each<[Stage, string]>([
  ['mail', '451 4.3.0 later'],
  ['mail', '553 5.7.1 not your sender'],
  ['rcpt', '450 4.2.1 greylisted'],
  ['rcpt', '550 5.1.1 user unknown'],
  ['data', '451 4.3.0 later'],
  ['data', '554 5.5.1 no valid recipients'],
  ['dot', '452 4.3.1 disk full'],
  ['dot', '554 5.7.1 spam'],
])('at %s the reply %s is kept as it was said, and the next message goes through', async (stage, reply) => {
  const sink = await sinkWith(at(stage, { reply }));
  const connection = await open(sink.port);
  const end = await connection.handOver(envelope, message, granted, fresh);
  expect(end).toMatchObject({
    kind: 'answered',
    stage,
    reply: { code: Number(reply.slice(0, 3)), enhanced: reply.slice(4, 9) },
  });
  expect(sink.accepted).toEqual([]);
  sink.behave = () => undefined;
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'accepted' });
});

test.each<Stage>(['mail', 'rcpt', 'data', 'dot'])(
  'a 421 with a close at %s is an answer, and ends the connection',
  async (stage) => {
    const sink = await sinkWith(at(stage, { reply: '421 4.7.0 closing', close: true }));
    const connection = await open(sink.port);
    expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
      kind: 'answered',
      stage,
      reply: { code: 421 },
    });
    expect(connection.usable).toBe(false);
  },
);

test.each<Stage>(['mail', 'rcpt', 'data'])('a connection that dies at %s left no dot', async (stage) => {
  const sink = await sinkWith(at(stage, { drop: true }));
  const connection = await open(sink.port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
    kind: 'unwritten',
    cutByUs: false,
  });
});

test.each<[string, Behaviour]>([
  ['dies', { drop: true, keep: true }],
  ['hangs', { hang: true, keep: true }],
])('a connection that %s after the dot leaves a doubt', async (_name, behaviour) => {
  const sink = await sinkWith(at('dot', behaviour));
  const connection = await open(sink.port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'unknown' });
  expect([connection.usable, sink.accepted.length]).toEqual([false, 1]);
});

test('a relay that hangs before the dot is left after the time for a command', async () => {
  const sink = await sinkWith(at('rcpt', { hang: true }));
  const connection = await open(sink.port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
    kind: 'unwritten',
    cutByUs: false,
    stage: 'rcpt',
    why: 'the relay did not reply within 1 s',
  });
});

test('no end before the mark is answered: whether the row was marked must be known', async () => {
  const sink = await sinkWith(at('mail', { drop: true }));
  const connection = await open(sink.port);
  let grant = (_: boolean) => {};
  const marked = new Promise<boolean>((resolve) => {
    grant = resolve;
  });
  let ended = false;
  const end = connection
    .handOver(envelope, message, () => marked, fresh)
    .finally(() => {
      ended = true;
    });
  await until('the connection is gone', () => !connection.usable);
  expect(ended).toBe(false);
  grant(true);
  expect(await end).toMatchObject({ kind: 'unwritten', cutByUs: false });
});

test('without PIPELINING one command follows the reply to the one before', async () => {
  const sink = await sinkWith({ extensions: ['8BITMIME'], keepSource: true });
  const connection = await open(sink.port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'accepted' });
  sink.behave = ({ stage }) => (stage === 'rcpt' ? { reply: '550 5.1.1 gone' } : undefined);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
    kind: 'answered',
    stage: 'rcpt',
  });
  sink.behave = () => undefined;
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'accepted' });
  expect(sink.accepted[0]?.source?.toString()).toBe(message.toString());
});

test('after a refused recipient the next transaction begins with RSET', async () => {
  let first = true;
  const raw = await rawRelay((line) => {
    if (line.startsWith('RCPT') && first) {
      first = false;
      return '550 5.1.1 gone\r\n';
    }
    if (line === 'DATA' && raw.heard.split('DATA').length === 2) return '503 5.5.1 no recipient\r\n';
    return undefined;
  });
  const connection = await open(raw.port);
  await connection.handOver(envelope, message, granted, fresh);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'accepted' });
  expect(raw.heard).toMatch(/DATA\r\nRSET\r\nMAIL/);
});

test('a relay that opens DATA although it took no recipient is cut: no empty dot', async () => {
  const raw = await rawRelay((line) => (line.startsWith('RCPT') ? '550 5.1.1 gone\r\n' : undefined));
  const connection = await open(raw.port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
    kind: 'answered',
    stage: 'rcpt',
  });
  expect(connection.usable).toBe(false);
  expect(raw.heard).not.toContain('\r\n.\r\n');
});

test.each([
  [
    'SIZE too small, which is about the issue',
    { extensions: ['PIPELINING', 'SIZE 10'] },
    envelope,
    { stage: 'mail', reply: { code: 552, enhanced: '5.3.4' } },
  ],
  [
    'SMTPUTF8 missing, which is about the reader',
    { extensions: ['PIPELINING'] },
    { ...envelope, to: 'müller@example.org' },
    { stage: 'rcpt', reply: { code: 553, enhanced: '5.6.7' } },
  ],
])('%s: answered without asking the relay or the ledger', async (_name, options, to, answer) => {
  const sink = await sinkWith(options);
  const connection = await open(sink.port);
  let marked = 0;
  const mark = async () => {
    marked += 1;
    return true;
  };
  expect(await connection.handOver(to, message, mark, fresh)).toMatchObject({
    kind: 'answered',
    ...answer,
  });
  expect([marked, sink.tries(to.to)]).toEqual([0, 0]);
});

test('an address beyond ASCII goes out with SMTPUTF8 where it is offered', async () => {
  const raw = await rawRelay((line) =>
    /^EHLO/.test(line)
      ? '250-raw\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250-SIZE 100000\r\n250 8BITMIME\r\n'
      : undefined,
  );
  const connection = await open(raw.port);
  await connection.handOver({ ...envelope, to: 'müller@example.org' }, message, granted, fresh);
  expect(raw.heard).toContain(`MAIL FROM:<a@example.org> SIZE=${message.length} BODY=8BITMIME SMTPUTF8\r\n`);
});

const large = letter(400 * 1024);

test('a large message asks for its mark when its body has left, and arrives whole', async () => {
  const sink = await sinkWith({ keepSource: true });
  const connection = await open(sink.port);
  expect(await connection.handOver(envelope, large, granted, fresh)).toMatchObject({ kind: 'accepted' });
  expect(sink.accepted[0]?.source?.equals(large)).toBe(true);
});

test('a large message whose mark is refused gets no dot', async () => {
  const raw = await rawRelay(() => undefined);
  const connection = await open(raw.port);
  expect(await connection.handOver(envelope, large, async () => false, fresh)).toMatchObject({
    kind: 'unwritten',
    cutByUs: true,
  });
  expect(raw.heard).not.toContain('\r\n.\r\n');
});

test('a relay that stops reading a large message is left, and its mark is not asked', async () => {
  const raw = await rawRelay((line, socket) => {
    if (line === 'DATA') socket.pause();
    return undefined;
  });
  const connection = await open(raw.port);
  let marked = false;
  const mark = async () => {
    marked = true;
    return true;
  };
  const huge = letter(16 * 1024 * 1024);
  expect(await connection.handOver(envelope, huge, mark, fresh)).toMatchObject({
    kind: 'unwritten',
    cutByUs: false,
    why: 'the relay stopped reading',
  });
  expect(marked).toBe(false);
});

const noPipelining = (line: string) => (/^EHLO/.test(line) ? '250 raw\r\n' : undefined);

/** One reply to RCPT, sent in these pieces; without PIPELINING, so that none to DATA overtakes it. */
async function replyTo(pieces: readonly string[]): Promise<HandOver> {
  const raw = await rawRelay((line, socket) => {
    if (!line.startsWith('RCPT')) return noPipelining(line);
    pieces.forEach((piece, n) => {
      setTimeout(() => socket.write(Buffer.from(piece, 'latin1')), n * 15);
    });
    return '';
  });
  const connection = await open(raw.port);
  return connection.handOver(envelope, message, granted, fresh);
}

test.each<[string, string[], string]>([
  [
    'several lines',
    ['550-5.1.1 first\r\n550-5.1.1 second\r\n550 5.1.1 third\r\n'],
    '5.1.1 first 5.1.1 second 5.1.1 third',
  ],
  ['pieces', ['55', '0-5.1.1 fi', 'rst\r', '\n550 5.1', '.1 last\r\n'], '5.1.1 first 5.1.1 last'],
  ['a bare LF', ['550 5.1.1 gone\n'], '5.1.1 gone'],
  ['CR CR LF', ['550 5.1.1 gone\r\r\n'], '5.1.1 gone'],
  ['a NUL and other control characters', ['550 5.1.1 a\u0000b\u0007c\u009bd\r\n'], '5.1.1 a b c\ufffdd'],
  ['invalid UTF-8', ['550 5.1.1 caf\xe9 \xc3\xa9\r\n'], '5.1.1 caf\ufffd é'],
  ['no text', ['550\r\n'], ''],
])('a reply with %s is read and cleaned', async (_name, pieces, text) => {
  expect(await replyTo(pieces)).toMatchObject({
    kind: 'answered',
    stage: 'rcpt',
    reply: { code: 550, text },
  });
});

test('a long reply is cut to 1 KB of valid UTF-8', async () => {
  const end = await replyTo([`550 5.1.1 ${Buffer.from('é'.repeat(3_000)).toString('latin1')}\r\n`]);
  const text = end.kind === 'answered' ? end.reply.text : '';
  expect(Buffer.byteLength(text)).toBeGreaterThan(990);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000);
  expect(text).not.toContain('\ufffd');
});

test.each([
  ['an endless line', ['5'.repeat(70_000)]],
  ['lines without end', Array.from({ length: 4 }, () => `550-${'x'.repeat(30_000)}\r\n`)],
  ['what is no reply', ['HTTP/1.1 400 Bad Request\r\n']],
])('%s ends the connection without a dot', async (_name, pieces) => {
  expect(await replyTo(pieces)).toMatchObject({ kind: 'unwritten', cutByUs: false });
});

test('a 421 on an idle connection makes it unusable', async () => {
  let idleSocket: Socket | undefined;
  const raw = await rawRelay((line, socket) => {
    if (line === '.') idleSocket = socket;
    return undefined;
  });
  const connection = await open(raw.port);
  await connection.handOver(envelope, message, granted, fresh);
  idleSocket!.write('421 4.4.2 idle for too long\r\n');
  await until('the connection is given up', () => !connection.usable);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({
    kind: 'unwritten',
    cutByUs: false,
  });
});

test('one EHLO is said, and what it offered holds: some relays take no second one', async () => {
  let greeted = 0;
  const raw = await rawRelay((line) =>
    /^EHLO/.test(line) && ++greeted > 1 ? '503 5.5.1 Invalid command: Already identified\r\n' : undefined,
  );
  const connection = await open(raw.port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'accepted' });
  expect(raw.heard).toMatch(
    /^EHLO [^\r]+\r\nMAIL FROM:<a@example.org> BODY=8BITMIME\r\nRCPT [^\r]+\r\nDATA\r\n/,
  );
});

test('a mark that is to come late is asked when the relay waits for the message', async () => {
  const raw = await rawRelay(() => undefined);
  const connection = await open(raw.port);
  let heard = '';
  const mark = async () => {
    heard = raw.heard;
    return true;
  };
  expect(await connection.handOver(envelope, message, mark, fresh, true)).toMatchObject({ kind: 'accepted' });
  expect(heard).toMatch(/DATA\r\n$/);
});

test('nobody listens: RelayDown', async () => {
  const sink = await sinkWith();
  await sink.close();
  await expect(open(sink.port)).rejects.toThrow(RelayDown);
});

test.each<[string, Behaviour, typeof RelayDown | typeof RelayRefusesLogin]>([
  ['refused for good', { reply: '535 5.7.8 bad password' }, RelayRefusesLogin],
  ['refused for now', { reply: '454 4.7.0 later' }, RelayDown],
  ['cut', { drop: true }, RelayDown],
])('a login that is %s', async (_name, behaviour, error) => {
  const sink = await sinkWith({ login: { user: 'u', pass: 'right' }, ...at('login', behaviour) });
  await expect(open(sink.port, { user: 'u', pass: 'right' })).rejects.toThrow(error);
});

test('TLS is required and not offered: RelayRefusesLogin, which never names the password', async () => {
  const sink = await sinkWith();
  const opened = open(sink.port, { tls: 'required', user: 'u', pass: 'geheim' });
  await expect(opened).rejects.toThrow(RelayRefusesLogin);
  await expect(opened).rejects.not.toThrow(/geheim/);
});

/** smtp-server brings a self-signed certificate of its own. */
async function tlsRelay() {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['AUTH'] });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  closers.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

test('a self-signed certificate: refused where TLS is required, taken where it is opportunistic', async () => {
  const port = await tlsRelay();
  await expect(open(port, { tls: 'required' })).rejects.toThrow(RelayRefusesLogin);
  const connection = await open(port);
  expect(await connection.handOver(envelope, message, granted, fresh)).toMatchObject({ kind: 'accepted' });
  await connection.close();
});

test.each([
  ['says 454 to STARTTLS', { reply: '454 4.7.0 TLS not available' }, RelayDown],
  ['cuts at STARTTLS', { drop: true }, RelayDown],
  ['cuts in the handshake', { raw: '220 go on\r\n', close: true }, RelayDown],
  ['says 502 to STARTTLS', { reply: '502 5.5.1 unknown command' }, RelayRefusesLogin],
])(
  'where TLS is required, a relay that %s is waited for, unless it has none',
  async (_name, behaviour, fault) => {
    const sink = await sinkWith({ tls: testCertificate(), ...at('tls', behaviour) });
    await expect(open(sink.port, { tls: 'required' })).rejects.toBeInstanceOf(fault);
  },
);
