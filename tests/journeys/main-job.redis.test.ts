import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startRedis } from '../helpers/redis.ts';
import { seedIssue } from '../helpers/shared.ts';
import { mainJob, READERS } from './main-job.ts';
import { flawless, judge, openStage } from './stage.ts';

test(`full: ${seedIssue().name} reaches ${READERS} readers once each`, () => mainJob('full'));

test('the whole queue is flushed in the middle of a send: it is only delayed', async () => {
  const redis = await startRedis();
  const stage = await openStage('full', { env: { REDIS_URL: redis.url }, relay: 'pool=4' });
  await stage.up('worker');
  await stage.up('worker');
  await stage.newsletter(800);
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  const client = new Redis(redis.url);
  for (const count of [40, 200, 400]) {
    await stage.untilReceived(count);
    await client.flushall();
  }
  client.disconnect();
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});

test('Redis is killed in the middle and comes back: nothing is lost, nothing doubled', async () => {
  const redis = await startRedis({ appendOnly: true });
  const stage = await openStage('full', { env: { REDIS_URL: redis.url }, relay: 'pool=4' });
  await stage.up('start');
  await stage.newsletter(600);
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilReceived(50);
  await redis.kill();
  await stage.untilReceived(80);
  const away = await fetch(`${stage.url}/readyz`);
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({
    ok: false,
    checks: { database: 'ok', queue: 'cannot be reached' },
  });
  await redis.start();
  await stage.untilState(issue, 'sent');
  await stage.ready();
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});

test('Redis is away at the start: readyz says no, and the worker begins when it comes', async () => {
  const redis = await startRedis();
  const stage = await openStage('full', { env: { REDIS_URL: redis.url } });
  await stage.newsletter(20);
  const issue = await stage.draft('one');
  await redis.kill();
  const running = stage.start('start');
  await running.says(/Redis cannot be reached/);
  await stage.json('issue', 'send', issue);
  await redis.start();
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
});
