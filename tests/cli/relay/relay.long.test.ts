/** `postrider relay list|set|test`, as an operator uses it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testCertificate } from '../../helpers/certificate.ts';
import { run, runJson } from '../../helpers/processes.ts';
import { type Sink, startSink } from '../../helpers/sink.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';

const database = useTestDatabase();
let sink: Sink;
const env: Record<string, string> = {};
beforeAll(async () => {
  sink = await startSink({ login: { user: 'news', pass: 'hunter22' }, keepSource: true });
  const at = `127.0.0.1:${sink.port}`;
  env.DATABASE_URL = database.url;
  env.POSTRIDER_SECRET = 'a secret of at least thirty-two bytes';
  env.SMTP_URL = `smtp://news:hunter22@${at}?name=main&hour=500&rate=20 smtp://news:hunter23@${at}?name=wrong smtp://127.0.0.1:1?name=gone smtp://127.0.0.1:${sink.port}?name=strict&tls=required`;
});
afterAll(() => sink.end());

const json = <T = Record<string, unknown>>(...args: string[]) => runJson<T>(['relay', ...args], { env });
const plain = (...args: string[]) => run(['relay', ...args], { env });

describe('relay set', () => {
  test('changes some limits, leaves the others, and takes them back', async () => {
    expect(await json('set', 'main', '--hour', '50', '--connections', '3')).toMatchObject({
      relay: 'main',
      hour: 50,
      connections: 3,
      rate: 20,
      day: 0,
    });
    expect(await json('set', 'main', '--hour', '', '--day', '1000')).toMatchObject({
      hour: 500,
      connections: 3,
      day: 1_000,
    });
  });

  test('starts a warm-up, also one that is some days old, and ends it', async () => {
    const { warmUp } = await json<{ warmUp: object }>('set', 'main', '--warm-up', '200x2');
    expect(warmUp).toMatchObject({ stage: 1, cap: 200, since: null });
    expect((warmUp as { steps: number[] }).steps.slice(0, 4)).toEqual([200, 400, 800, 1_600]);
    const start = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
    const old = await json('set', 'main', '--warm-up', '50,100,500', '--warm-up-start', start);
    expect(old).toMatchObject({ warmUp: { stage: 3, cap: 500 } });
    expect((await plain('list')).stdout).toMatch(/^warm-up +step 3 of 3: 500 per day, then no cap$/m);
    expect(await json('set', 'main', '--warm-up', 'off')).toMatchObject({ warmUp: null });
  });

  test.each([
    [['main'], 2, 'say what to change'],
    [['main', '--hour', 'many'], 2, '--hour: expected messages per hour'],
    [['main', '--warm-up', '500,100'], 2, '--warm-up: expected growing numbers of messages per day'],
    [['main', '--warm-up', '50x2', '--warm-up-start', '2999-01-01'], 2, 'not in the future'],
    [
      ['nobody', '--hour', '5'],
      1,
      'there is no relay "nobody"; SMTP_URL names "main", "wrong", "gone", "strict"',
    ],
  ])('%j is refused', async (args, code, why) => {
    const ended = await plain('set', ...args);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(why)]);
  });
});

test('relay list tells settings and use, and no secret', async () => {
  const ended = await plain('list');
  expect(ended.stdout).toMatch(/^relay +main$/m);
  expect(ended.stdout).toMatch(/^state +no worker uses it$/m);
  expect(ended.stdout + (await plain('list', '--json')).stdout).not.toMatch(/hunter|news:/);
});

describe('relay test', () => {
  test('connects, logs in, says what the relay offers, and sends nothing', async () => {
    expect(await json('test', 'main')).toMatchObject({
      relay: 'main',
      tls: null,
      login: true,
      pipelining: true,
      utf8: true,
      sent: null,
    });
    expect(sink.accepted).toEqual([]);
  });

  test('says MAIL and RCPT with the sender it is given, and sends nothing', async () => {
    expect(await json('test', 'main', '--from', 'news@example.org')).toMatchObject({
      mail: '250 2.1.0 ok',
      rcpt: '250 2.1.5 ok',
      sent: null,
    });
    sink.behave = ({ stage }) => (stage === 'mail' ? { reply: '553 5.7.1 not your sender' } : undefined);
    const ended = await plain('test', 'main', '--from', 'news@example.org');
    sink.behave = () => undefined;
    expect([ended.code, ended.stdout]).toEqual([
      1,
      expect.stringMatching(
        /^sender +news@example\.org: 553 5\.7\.1 not your sender\nrecipient +not tried$/m,
      ),
    ]);
    expect(sink.accepted).toEqual([]);
  });

  test('tells what the defaults of an Exim do to a newsletter, where it meets one', async () => {
    sink.behave = ({ stage }) =>
      stage === 'ehlo' ? { extensions: ['PIPELINING', 'PIPECONNECT', 'PRDR'] } : undefined;
    const { stdout } = await plain('test', 'main');
    sink.behave = () => undefined;
    expect(stdout).toMatch(/^note +Exim; by default it delivers ten messages of a connection at once/m);
    expect(stdout).toMatch(/^sender +not tried: there is no newsletter/m);
  });

  test('sends one message when asked to', async () => {
    const { sent } = await json<{ sent: object }>(
      'test',
      'main',
      'me@example.net',
      '--from',
      'news@example.org',
    );
    expect(sent).toMatchObject({ accepted: true });
    expect(sink.accepted.map(({ from, to }) => [from, to])).toEqual([['news@example.org', 'me@example.net']]);
    expect(sink.accepted[0]!.source!.toString()).toMatch(/^Subject: Postrider: a test of the relay\r$/m);
  });

  test.each([
    ['wrong', /refuses the login: .*\ncheck user, password and tls=/],
    ['gone', /cannot be reached: .*\ncheck host and port/],
    ['strict', /does not offer the TLS that is required/],
  ])('%s: says what is wrong and what to look at', async (name, why) => {
    const ended = await plain('test', name);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(why);
    expect(ended.stderr).not.toMatch(/hunter/);
  });

  test('a certificate counts for whom an authority of ours vouches, and only under its own name', async () => {
    const certificate = testCertificate();
    const folder = mkdtempSync(join(tmpdir(), 'postrider-relay-'));
    const authority = join(folder, 'authority.pem');
    writeFileSync(authority, certificate.cert);
    const server = new SMTPServer({ secure: true, ...certificate, authOptional: true });
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', () => resolve()));
    const { port } = server.server.address() as AddressInfo;
    const SMTP_URL = `smtps://127.0.0.1:${port}?name=itself smtps://127.0.0.2:${port}?name=other`;
    const trying = (name: string, more = {}) =>
      run(['relay', 'test', name], { env: { ...env, SMTP_URL, ...more } });
    expect((await trying('itself', { NODE_EXTRA_CA_CERTS: authority })).stdout).toMatch(
      /certificate trusted/,
    );
    for (const ended of [await trying('itself'), await trying('other', { NODE_EXTRA_CA_CERTS: authority })]) {
      expect(ended.code).toBe(1);
      expect(ended.stderr).toMatch(/does not offer the TLS that is required/);
    }
    await new Promise<void>((resolve) => server.close(() => resolve()));
    rmSync(folder, { recursive: true });
  });

  test('without a newsletter somebody must say who writes', async () => {
    const ended = await plain('test', 'main', 'me@example.net');
    expect([ended.code, ended.stderr]).toEqual([
      2,
      expect.stringContaining('--from: there is no newsletter'),
    ]);
  });
});
