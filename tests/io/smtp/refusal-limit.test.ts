/** What goes over a connection behind a refused recipient, and when it is left: servers count what follows. */

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { smtpRelay } from '../../../src/io/smtp/relay.ts';
import { testCertificate } from '../../helpers/certificate.ts';
import { nonMail } from '../../helpers/relay-behaviours.ts';
import { relaySettings } from '../../helpers/relay-settings.ts';
import { type SinkOptions, type Step, startSink } from '../../helpers/sink.ts';
import { until } from '../../helpers/until.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const message = Buffer.from('Subject: x\r\n\r\nx\r\n');

/** `gone...` is refused; `heard` has the stages in the order in which the relay came to them. */
async function harness(options: SinkOptions = {}, slowMs = 0) {
  const sink = await startSink({
    ...options,
    behave: (step: Step) => {
      if (step.stage !== 'ehlo' && step.stage !== 'connect' && step.stage !== 'tls') heard.push(step.stage);
      const gone = step.stage === 'rcpt' && step.to?.startsWith('gone');
      return gone
        ? { reply: '550 5.1.1 unknown', ...(slowMs > 0 && { lateMs: slowMs }) }
        : options.behave?.(step);
    },
  });
  const heard: string[] = [];
  closers.push(() => sink.end());
  const times = { commandMs: 2_000, dotMs: 2_000, slowRefusalMs: 100 };
  const relay = smtpRelay(relaySettings(sink.port), times);
  const open = async () => {
    const connection = await relay.open();
    closers.push(() => connection.close());
    return {
      connection,
      send: (to: string) =>
        connection.handOver(
          { from: 'a@example.org', to: `${to}@example.org` },
          message,
          async () => true,
          () => true,
        ),
    };
  };
  return { sink, heard, open };
}

test('after a refused recipient no DATA is pipelined until a recipient is taken', async () => {
  const { heard, open } = await harness();
  const { send } = await open();
  await send('gone1');
  heard.length = 0;
  await send('ann');
  await send('gone2');
  expect(heard).toEqual(['rset', 'mail', 'rcpt', 'data', 'body', 'dot', 'mail', 'rcpt', 'spare-data']);
});

test('after the second refusal in a row the connection is left with QUIT, its DATA was not pipelined', async () => {
  const { sink, heard, open } = await harness();
  const { connection, send } = await open();
  await send('gone1');
  expect(connection.usable).toBe(true);
  await send('gone2');
  expect([connection.usable, heard.filter((at) => at === 'spare-data').length]).toEqual([false, 1]);
  await connection.close();
  expect(heard.at(-1)).toBe('quit');
  await until('it is closed', () => sink.open === 0);
});

/** Refusals in a row that each of so many connections sees before it is left or lost. */
async function borne(
  open: Awaited<ReturnType<typeof harness>>['open'],
  connections: number,
): Promise<number[]> {
  const counts: number[] = [];
  for (let n = 0; n < connections; n++) {
    const { connection, send } = await open();
    let refused = 0;
    while (connection.usable) {
      const end = await send(`gone${refused}`);
      if (end.kind === 'answered' && end.reply.code === 550) refused += 1;
    }
    counts.push(refused);
    await connection.close();
  }
  return counts;
}

test('a relay that bears refusals at once is shown one more on each connection, up to six in a row', async () => {
  const { open } = await harness();
  expect(await borne(open, 7)).toEqual([2, 3, 4, 5, 6, 6, 6]);
});

test('a relay that closes at the third error is shown two in a row again, and never more', async () => {
  const errors = new Map<number, number>();
  const { sink, open } = await harness();
  const refuses = sink.behave;
  sink.behave = (step) => {
    const answer = refuses?.(step);
    if (step.stage !== 'rcpt' || !answer) return answer;
    const count = (errors.get(step.connection) ?? 0) + 1;
    errors.set(step.connection, count);
    return count < 3 ? answer : { reply: '421 4.5.0 Too many errors', close: true };
  };
  expect(await borne(open, 5)).toEqual([2, 2, 2, 2, 2]);
});

test('a relay that holds the fourth back is shown three from then on', async () => {
  const { sink, open } = await harness();
  const refuses = sink.behave;
  const seen = new Map<number, number>();
  sink.behave = (step) => {
    const answer = refuses?.(step);
    if (step.stage !== 'rcpt' || !answer) return answer;
    const count = (seen.get(step.connection) ?? 0) + 1;
    seen.set(step.connection, count);
    return count < 4 ? answer : { ...answer, lateMs: 150 };
  };
  expect(await borne(open, 6)).toEqual([2, 3, 4, 3, 3, 3]);
});

test('one taken in between: refusals do not add up', async () => {
  const { open } = await harness();
  const { connection, send } = await open();
  for (const to of ['gone1', 'ann', 'gone2', 'bob', 'gone3']) await send(to);
  expect(connection.usable).toBe(true);
});

test('the first refusal that is slow is the last; when that repeats, connections begin without a pipelined DATA', async () => {
  const { heard, open } = await harness({}, 150);
  for (let n = 0; n < 2; n++) {
    const { connection, send } = await open();
    expect(await send('gone1')).toMatchObject({ kind: 'answered', reply: { code: 550 } });
    expect(connection.usable).toBe(false);
    await connection.close();
  }
  heard.length = 0;
  await (await open()).send('gone2');
  expect(heard).toEqual(['mail', 'rcpt']);
});

test("a 554 in the clear within TLS never leaves OpenSSL's words behind", async () => {
  const exim = nonMail();
  const { sink, open } = await harness({ tls: testCertificate() });
  sink.behave = (step) =>
    step.stage === 'rset'
      ? { reply: '554 Too many nonmail commands', close: true, inTheClear: true }
      : exim.behave(step, sink);
  const { connection, send } = await open();
  await connection.handOver(
    { from: 'a@example.org', to: '1@example.org' },
    message,
    async () => true,
    () => true,
  );
  const end = await send('5');
  expect(end).toMatchObject({ kind: 'unwritten', stage: 'reset', history: { taken: 0, refused: 1 } });
  expect(JSON.stringify(end)).not.toMatch(/wrong version|SSL|ssl/);
  expect(connection.usable).toBe(false);
});

/** Its replies to the dot come late; whatever it hears meanwhile is kept. */
async function mangling() {
  const server = { early: '', port: 0, quit: false };
  const listening = createServer((socket: Socket) => {
    closers.push(() => socket.destroy());
    socket.on('error', () => {});
    socket.write('220 real\r\n');
    let body = false;
    let waits = false;
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (waits) server.early += text;
      else if (body || /\r\nDATA\r\n/.test(text)) {
        if (!body) socket.write('250 ok\r\n250 ok\r\n354 go on\r\n');
        body = true;
        if (!text.endsWith('\r\n.\r\n')) return;
        [body, waits] = [false, true];
        setTimeout(() => {
          waits = false;
          socket.write('250 taken\r\n');
        }, 60);
      } else if (text.startsWith('EHLO')) socket.write('250-real\r\n250 PIPELINING\r\n');
      else if (text.startsWith('QUIT')) server.quit = true;
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  closers.push(() => listening.close());
  server.port = (listening.address() as AddressInfo).port;
  return server;
}

test('nothing is written behind the final dot before its reply, not even QUIT: Haraka, chasquid and Courier throw it away', async () => {
  const server = await mangling();
  const connection = await smtpRelay(relaySettings(server.port), { commandMs: 2_000, dotMs: 2_000 }).open();
  for (let n = 0; n < 3; n++)
    expect(
      await connection.handOver(
        { from: 'a@example.org', to: 'b@example.org' },
        message,
        async () => true,
        () => true,
      ),
    ).toMatchObject({ kind: 'accepted' });
  const began = performance.now();
  await connection.close();
  await until('QUIT is there', () => server.quit);
  expect(server.early).toBe('');
  // It never answers QUIT.
  expect(performance.now() - began).toBeLessThan(3_000);
});
