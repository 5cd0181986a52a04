import { expect, test } from 'vitest';
import { run } from '../helpers/processes.ts';
import { until } from '../helpers/until.ts';
import { flawless, judge, openStage } from './stage.ts';

test('embedded: several commands share the database with a running start', async () => {
  const stage = await openStage('embedded');
  await stage.up('start');
  await stage.newsletter(40);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});

test('no worker alive: --wait says so after 10 s and ends with 1, and nothing is lost', async () => {
  const stage = await openStage('database');
  await stage.newsletter(5);
  const issue = await stage.draft('one');
  const ended = await stage.run('issue', 'send', issue, '--wait');
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('no worker is alive');
  await stage.up('worker');
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});

test('pause holds within 2 s, resume goes on, cancel ends it for good', async () => {
  const stage = await openStage('database', { relay: 'pool=2' });
  await stage.up('worker');
  await stage.newsletter(600);
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 20 } : undefined);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilReceived(20);
  await stage.json('issue', 'pause', issue);
  const pausedAt = Date.now();
  await until('2 s have passed', () => Date.now() - pausedAt > 2_000, { everyMs: 50 });
  const held = stage.sink.accepted.length;
  const status = await stage.status(issue);
  expect(status).toMatchObject({ state: 'paused', reason: 'paused by the editor' });
  await until('another second has passed', () => Date.now() - pausedAt > 3_000, { everyMs: 50 });
  expect(stage.sink.accepted.length).toBe(held);
  await stage.json('issue', 'resume', issue);
  await stage.untilReceived(held + 20);
  await stage.json('issue', 'cancel', issue);
  const ended = await stage.untilState(issue, 'cancelled');
  await until('nothing waits', async () => (await stage.status(issue)).counts.waiting === 0);
  const final = await stage.status(issue);
  expect(final.counts.audience).toBe(600);
  expect(final.counts.skipped).toBeGreaterThan(0);
  expect(ended.counts.unknown).toBe(0);
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});

test('two sends of one issue at the same time: one starts it, the other changes nothing and says so', async () => {
  const stage = await openStage('database');
  await stage.up('worker');
  await stage.newsletter(60);
  const issue = await stage.draft('one');
  const both = await Promise.all(
    [1, 2].map(() => run(['issue', 'send', issue, '--yes'], { env: stage.env })),
  );
  expect(both.map((ended) => ended.code).sort()).toEqual([0, 1]);
  expect(both.find((ended) => ended.code === 1)?.stderr).toMatch(
    /weekly\/one is (sending|sent) already; nothing was changed/,
  );
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
  const again = await stage.run('issue', 'send', issue);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('is sent already') });
});

test('SIGTERM in the middle of a send: exit 0, nothing unknown, and the next worker goes on', async () => {
  const stage = await openStage('database', { relay: 'pool=4' });
  const first = await stage.up('worker');
  await stage.newsletter(400);
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 30 } : undefined);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilReceived(40);
  const ended = await first.stop('SIGTERM');
  expect(ended).toMatchObject({ code: 0, signal: null });
  const half = await stage.status(issue);
  expect(half.counts.unknown).toBe(0);
  expect(half.counts.waiting).toBeGreaterThan(0);
  expect(half.counts.accepted).toBe(stage.sink.accepted.length);
  await stage.up('worker');
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});
