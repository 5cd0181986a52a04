import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../helpers/redis-server.ts';
import { until } from '../helpers/until.ts';
import { flawless, judge, openHarness, SHORT_TIMES } from './harness.ts';

const slowDot = (ms: number) => (step: { stage: string }) =>
  step.stage === 'dot' ? { lateMs: ms } : undefined;

test('on-unknown resend: after kill -9 everybody is accepted, and only the doubtful may have it twice', async () => {
  const pool = 4;
  const harness = await openHarness('database', { relay: `pool=${pool}` });
  const victim = await harness.up('worker');
  await harness.newsletter(200, '--on-unknown', 'resend');
  harness.sink.behave = slowDot(20);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(40);
  await victim.stop('SIGKILL');
  await harness.up('worker');
  const status = await harness.untilState(issue, 'sent');
  expect(status.counts).toMatchObject({ accepted: 200, unknown: 0 });
  expect(harness.sink.doubles().length).toBeLessThanOrEqual(pool);
  expect(judge(await harness.ledger(issue), harness.sink.counts()).lost).toEqual([]);
});

test('a connection that dies after the dot leaves one unknown by name, which the editor settles', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(10);
  harness.sink.behave = ({ stage: at, to }) =>
    at === 'dot' && to?.startsWith('reader7@') ? { drop: true, keep: true } : undefined;
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const status = await harness.untilState(issue, 'sent');
  expect(status.counts).toMatchObject({ audience: 10, accepted: 9, unknown: 1 });
  const unknown = (await harness.ledger(issue)).filter((line) => line.outcome === 'unknown');
  expect(unknown).toEqual([expect.objectContaining({ email: 'reader7@outlook.com', reason: 'no-reply' })]);
  const settled = await harness.json('issue', 'reconcile', issue, 'READER7@outlook.com', '--accept');
  expect(settled).toMatchObject({ counts: { accepted: 10, unknown: 0 } });
  expect(harness.sink.doubles()).toEqual([]);
});

test('a connection that dies before the dot is tried again, and counts as no doubt', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(20);
  harness.sink.behave = ({ stage: at, to, attempt }) =>
    (at === 'data' || at === 'body') && to?.startsWith('reader1') && attempt === 1
      ? { drop: true }
      : undefined;
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const status = await harness.untilState(issue, 'sent');
  const verdict = judge(await harness.ledger(issue), harness.sink.counts());
  // A drop while the body is read may fall behind our dot: then, and only then, it is a doubt.
  expect({ ...verdict, unknown: 0 }).toEqual(flawless);
  expect(status.counts.accepted + status.counts.unknown).toBe(20);
});

test('kill -9 of the embedded database in the middle: the send goes on, nobody twice, nobody lost', async () => {
  const pool = 4;
  const harness = await openHarness('embedded', { relay: `pool=${pool}` });
  await harness.up('start');
  await harness.newsletter(500);
  harness.sink.behave = slowDot(15);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(100);
  const pidFile = await readFile(join(harness.env.POSTRIDER_HOME!, 'postgres/data/postmaster.pid'), 'utf8');
  const before = harness.sink.accepted.length;
  process.kill(Number.parseInt(pidFile, 10), 'SIGKILL');
  await harness.untilReceived(Math.min(before + 100, 480), 60_000);
  await harness.ready();
  const status = await harness.untilState(issue, 'sent', 90_000);
  const verdict = judge(await harness.ledger(issue), harness.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: status.counts.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(pool);
  expect(status.counts.audience).toBe(500);
});

test('the database is away at the start: the web answers, readyz says no, and all begins when it comes', async () => {
  const harness = await openHarness('database');
  await harness.newsletter(20);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const port = await freePort();
  const running = harness.start('start', { DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/none` });
  await until('healthz answers', async () => (await fetch(`${harness.url}/healthz`)).ok);
  const ready = await fetch(`${harness.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ ok: false, checks: { database: 'cannot be reached' } });
  const ended = await running.stop('SIGTERM');
  expect(ended.code).toBe(0);
  await harness.up('start');
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('a relay that refuses the sender pauses the send instead of refusing everybody', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(30);
  harness.sink.behave = ({ stage: at }) =>
    at === 'mail' ? { reply: '553 5.7.1 sender not owned by user' } : undefined;
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const paused = await harness.untilState(issue, 'paused');
  expect(paused.reason).toContain('relay-refuses-sender: 553 5.7.1 sender not owned by user');
  expect(paused.counts).toMatchObject({ refused: 0, waiting: 30 });
});

test('SIGTERM while the relay does not answer: what hangs after the dot is unknown by name, the rest waits, exit 0', async () => {
  const pool = 3;
  const harness = await openHarness('database', {
    relay: `pool=${pool}`,
    env: { POSTRIDER_TIMES: `${SHORT_TIMES} dot=60s drain=1s` },
  });
  const worker = await harness.up('worker');
  await harness.newsletter(20);
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { hang: true } : undefined);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await until('every connection waits for its reply', () => harness.sink.unanswered === pool);
  const ended = await worker.stop('SIGTERM');
  expect(ended).toMatchObject({ code: 0, signal: null });
  const { counts } = await harness.status(issue);
  expect(counts).toMatchObject({ audience: 20, accepted: 0, unknown: pool, waiting: 20 - pool });
  const unknowns = (await harness.ledger(issue)).filter((line) => line.outcome === 'unknown');
  expect(unknowns.map((line) => line.reason)).toEqual(Array(pool).fill('worker-stopped'));
});

test('the relay is down at the start and in the middle: the send waits for it and goes on', async () => {
  const harness = await openHarness('database', { relay: 'pool=3' });
  await harness.up('worker');
  await harness.newsletter(300);
  harness.sink.behave = slowDot(10);
  const issue = await harness.draft('one');
  await harness.sink.close();
  await harness.json('issue', 'send', issue);
  await until('the plan stands', async () => (await harness.status(issue)).counts.waiting === 300);
  await harness.sink.listen();
  await harness.untilReceived(60);
  await harness.sink.close();
  await harness.sink.listen();
  const status = await harness.untilState(issue, 'sent', 90_000);
  const verdict = judge(await harness.ledger(issue), harness.sink.counts());
  expect({ ...verdict, unknown: 0 }).toEqual(flawless);
  expect(status.counts.unknown).toBeLessThanOrEqual(3);
});
