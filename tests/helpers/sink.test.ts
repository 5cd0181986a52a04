import { connect } from 'node:net';
import nodemailer from 'nodemailer';
import { afterEach, expect, test } from 'vitest';
import { type Sink, type SinkOptions, startSink } from './sink.ts';
import { until } from './until.ts';

let sink: Sink;
afterEach(() => sink.end());

async function transport(options: SinkOptions = {}) {
  sink = await startSink(options);
  return nodemailer.createTransport(sink.url());
}

const mail = (to: string, text = 'hello') => ({
  from: 'news@example.org',
  to,
  subject: 'An issue',
  text,
  headers: { 'X-Postrider-Id': 'abc' },
});

test('keeps one record per accepted message, with the ids of its headers', async () => {
  const relay = await transport({ keepSource: true });
  await relay.sendMail({ ...mail('ann@example.org', 'one\n.two\n..three\n'), messageId: '<a@b>' });
  expect(sink.accepted).toMatchObject([
    {
      from: 'news@example.org',
      to: 'ann@example.org',
      messageId: '<a@b>',
      postriderId: 'abc',
      connection: 1,
    },
  ]);
  expect(sink.accepted[0]?.source?.toString()).toContain('\r\none\r\n.two\r\n..three\r\n');
});

test('finds the final dot however the bytes are cut', async () => {
  sink = await startSink({ keepSource: true });
  const bytes =
    'EHLO x\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<d@e.f>\r\nDATA\r\nSubject: x\r\n\r\nbody\r\n..\r\n.\r\n' +
    'MAIL FROM:<a@b.c>\r\nRCPT TO:<g@e.f>\r\nDATA\r\n.\r\nQUIT\r\n';
  const socket = connect({ port: sink.port, host: '127.0.0.1', noDelay: true });
  for (const byte of bytes) await new Promise<void>((done) => socket.write(byte, () => done()));
  await until('both messages are there', () => sink.accepted.length === 2);
  expect(sink.accepted.map((m) => m.source?.toString())).toEqual(['Subject: x\r\n\r\nbody\r\n.\r\n', '']);
});

test('answers as it is told per recipient and try', async () => {
  const relay = await transport({
    behave: ({ stage, to, attempt }) =>
      stage === 'rcpt' && to === 'ann@example.org' && attempt === 1
        ? { reply: '451 4.3.0 later' }
        : undefined,
  });
  await expect(relay.sendMail(mail('ann@example.org'))).rejects.toMatchObject({ responseCode: 451 });
  await relay.sendMail(mail('ann@example.org'));
  expect(sink.tries('ann@example.org')).toBe(2);
  expect(sink.accepted).toHaveLength(1);
});

test('a 5xx to the dot accepts nothing', async () => {
  const relay = await transport({
    behave: ({ stage }) => (stage === 'dot' ? { reply: '554 5.7.1 no' } : {}),
  });
  await expect(relay.sendMail(mail('ann@example.org'))).rejects.toMatchObject({ responseCode: 554 });
  expect(sink.accepted).toEqual([]);
});

test('can take a message and lose the reply', async () => {
  const relay = await transport({
    behave: ({ stage }) => (stage === 'dot' ? { drop: true, keep: true } : undefined),
  });
  await expect(relay.sendMail(mail('ann@example.org'))).rejects.toThrow();
  expect(sink.accepted).toHaveLength(1);
  expect(sink.unanswered).toBe(1);
});

test('can cut the connection before 354 and while the body comes', async () => {
  for (const cut of ['data', 'body'] as const) {
    const relay = await transport({ behave: ({ stage }) => ({ drop: stage === cut }) });
    await expect(relay.sendMail(mail('ann@example.org'))).rejects.toThrow();
    expect(sink.accepted).toEqual([]);
    await sink.end();
  }
});

test('refuses a wrong login and takes the right one', async () => {
  const right = await transport({ login: { user: 'u', pass: 'p' } });
  const wrong = nodemailer.createTransport(sink.url().replace('u:p@', 'u:q@'));
  await expect(wrong.sendMail(mail('ann@example.org'))).rejects.toMatchObject({ responseCode: 535 });
  await right.sendMail(mail('ann@example.org'));
  expect(sink.accepted).toHaveLength(1);
});

test('counts connections, and listens again on its port after it was closed', async () => {
  const relay = await transport();
  await relay.sendMail(mail('ann@example.org'));
  await sink.close();
  await expect(relay.sendMail(mail('bob@example.org'))).rejects.toThrow();
  await sink.listen();
  await relay.sendMail(mail('bob@example.org'));
  expect(sink.connections).toBe(2);
  await until('both connections are closed', () => sink.open === 0);
  expect(sink.doubles()).toEqual([]);
});

test('until says what it waited for and what it found', async () => {
  sink = await startSink();
  await expect(until('pigs fly', () => 0, { withinMs: 1, found: () => ({ pigs: 0 }) })).rejects.toThrow(
    /waited \d+ ms until pigs fly; found instead: {"pigs":0}/,
  );
});
