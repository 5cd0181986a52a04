import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { seedIssue } from '../helpers/corpus.ts';
import { startRedis } from '../helpers/redis.ts';
import { flawless, judge, openHarness } from './harness.ts';
import { mainJob, READERS } from './main-job.ts';

test(`full: ${seedIssue().name} reaches ${READERS} readers once each`, () => mainJob('full'));

test('the whole queue is flushed in the middle of a send: it is only delayed', async () => {
  const redis = await startRedis();
  const harness = await openHarness('full', { env: { REDIS_URL: redis.url }, relay: 'pool=4' });
  await harness.up('worker');
  await harness.up('worker');
  await harness.newsletter(800);
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const client = new Redis(redis.url);
  for (const count of [40, 200, 400]) {
    await harness.untilReceived(count);
    await client.flushall();
  }
  client.disconnect();
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('Redis is killed in the middle and comes back: nothing is lost, nothing doubled', async () => {
  const redis = await startRedis({ appendOnly: true });
  const harness = await openHarness('full', { env: { REDIS_URL: redis.url }, relay: 'pool=4' });
  await harness.up('start');
  await harness.newsletter(600);
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 10 } : undefined);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(50);
  await redis.kill();
  await harness.untilReceived(80);
  const away = await fetch(`${harness.url}/readyz`);
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({
    ok: false,
    checks: { database: 'ok', queue: 'cannot be reached' },
  });
  await redis.start();
  await harness.untilState(issue, 'sent');
  await harness.ready();
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});

test('Redis is away at the start: readyz says no, and the worker begins when it comes', async () => {
  const redis = await startRedis();
  const harness = await openHarness('full', { env: { REDIS_URL: redis.url } });
  await harness.newsletter(20);
  const issue = await harness.draft('one');
  await redis.kill();
  const running = harness.start('start');
  await running.says(/Redis cannot be reached/);
  await harness.json('issue', 'send', issue);
  await redis.start();
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
});
