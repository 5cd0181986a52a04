import { expect, test } from 'vitest';
import { run } from '../helpers/processes.ts';
import { until } from '../helpers/until.ts';
import { flawless, judge, openHarness } from './harness.ts';

test('embedded: several commands share the database with a running start', async () => {
  const harness = await openHarness('embedded');
  await harness.up('start');
  await harness.newsletter(40);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('no worker alive: --wait says so after 10 s and ends with 1, and nothing is lost', async () => {
  const harness = await openHarness('database');
  await harness.newsletter(5);
  const issue = await harness.draft('one');
  const ended = await harness.run('issue', 'send', issue, '--wait');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('no worker is alive');
  await harness.up('worker');
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('pause holds within 2 s, resume goes on, cancel ends it for good', async () => {
  const harness = await openHarness('database', { relay: 'pool=2' });
  await harness.up('worker');
  await harness.newsletter(600);
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 20 } : undefined);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(20);
  await harness.json('issue', 'pause', issue);
  const pausedAt = Date.now();
  await until('2 s have passed', () => Date.now() - pausedAt > 2_000, { everyMs: 50 });
  const held = harness.sink.accepted.length;
  const status = await harness.status(issue);
  expect(status).toMatchObject({ state: 'paused', reason: 'paused by the editor' });
  await until('another second has passed', () => Date.now() - pausedAt > 3_000, { everyMs: 50 });
  expect(harness.sink.accepted.length).toBe(held);
  await harness.json('issue', 'resume', issue);
  await harness.untilReceived(held + 20);
  await harness.json('issue', 'cancel', issue);
  const ended = await harness.untilState(issue, 'cancelled');
  await until('nothing waits', async () => (await harness.status(issue)).counts.waiting === 0);
  const final = await harness.status(issue);
  expect(final.counts.audience).toBe(600);
  expect(final.counts.skipped).toBeGreaterThan(0);
  expect(ended.counts.unknown).toBe(0);
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('two sends of one issue at the same time: one starts it, the other changes nothing and says so', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(60);
  const issue = await harness.draft('one');
  const both = await Promise.all(
    [1, 2].map(() => run(['issue', 'send', issue, '--yes'], { env: harness.env })),
  );
  expect(both.map((ended) => ended.code).sort()).toEqual([0, 1]);
  expect(both.find((ended) => ended.code === 1)?.stderr).toMatch(
    /weekly\/one is (sending|sent) already; nothing was changed/,
  );
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
  const again = await harness.run('issue', 'send', issue);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is sent already') });
});

test('SIGTERM in the middle of a send: exit 0, nothing unknown, and the next worker goes on', async () => {
  const harness = await openHarness('database', { relay: 'pool=4' });
  const first = await harness.up('worker');
  await harness.newsletter(400);
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 30 } : undefined);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(40);
  const ended = await first.stop('SIGTERM');
  expect(ended).toMatchObject({ code: 0, signal: null });
  const half = await harness.status(issue);
  expect(half.counts.unknown).toBe(0);
  expect(half.counts.waiting).toBeGreaterThan(0);
  expect(half.counts.accepted).toBe(harness.sink.accepted.length);
  await harness.up('worker');
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});
