import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../src/io/log.ts';
import { openWakeUpQueue } from '../../src/io/queue.ts';
import type { WakeUp } from '../../src/ports.ts';
import { startRedis } from '../helpers/redis.ts';
import { startTcpProxy } from '../helpers/tcp-proxy.ts';
import { until } from '../helpers/until.ts';

const wakeUp = (lane: string): WakeUp => ({ v: 1, issue: 7, lane, slot: 0, turn: 'a' });

function openQueue(port: number, installation = 'a') {
  const place = {
    redisUrl: `redis://127.0.0.1:${port}`,
    databaseUrl: 'postgres://unused',
    lockMs: 5_000,
    keyPrefix: async () => `postrider-${installation}`,
  };
  const queue = openWakeUpQueue(place, openLog('silent'));
  onTestFinished(() => queue.close());
  return queue;
}

test('a fail-over that leaves old connections open, to a replica: all move to the new master', async () => {
  const [old, next] = await Promise.all([startRedis(), startRedis()]);
  const way = await startTcpProxy(old.port);
  onTestFinished(() => way.close());
  const queue = openQueue(way.port);
  const heard: string[] = [];
  const listening = await queue.handle(async ({ lane }) => void heard.push(lane), 2);
  await queue.wake([wakeUp('before')]);
  await until('it is heard', () => heard.includes('before'));

  const admin = new Redis(old.url);
  onTestFinished(() => admin.disconnect());
  await admin.replicaof('127.0.0.1', next.port);
  expect(await queue.healthy(), 'only a write shows it').toBe(false);
  way.leadTo(next.port);

  await until('a wake-up is heard', async () => {
    await queue.wake([wakeUp('after')]).catch(() => {});
    return heard.includes('after');
  });
  expect(await queue.healthy()).toBe(true);
  await listening.stop();
});

test('a worker that is stopped while its Redis is away ends, before and after the server is missed', async () => {
  const redis = await startRedis();
  const proxy = await startTcpProxy(redis.port);
  onTestFinished(() => proxy.close());
  const handler = async () => {};
  const [early, late] = [openQueue(proxy.port), openQueue(proxy.port)];
  const handling = await Promise.all([early.handle(handler, 2), late.handle(handler, 2)]);
  await until('both wait for a wake-up', async () => (await blockedClients(redis.url)) === 2);
  proxy.hangUp();
  await handling[0].stop();
  await until('the other has tried again', () => proxy.attempts >= 4);
  await handling[1].stop();
});

async function blockedClients(url: string): Promise<number> {
  const admin = new Redis(url);
  const clients = await admin.info('clients').finally(() => admin.disconnect());
  return Number(/^blocked_clients:(\d+)/m.exec(clients)?.[1]);
}

test('two installations on one Redis do not hear each other', async () => {
  const redis = await startRedis();
  const [ours, theirs] = [openQueue(redis.port, 'a'), openQueue(redis.port, 'b')];
  const heard: string[] = [];
  const listening = await theirs.handle(async ({ lane }) => void heard.push(lane), 2);
  await ours.wake([wakeUp('ours')]);
  await theirs.wake([wakeUp('theirs')]);
  await until('theirs is heard', () => heard.length > 0);
  await listening.stop();
  expect(heard).toEqual(['theirs']);
});
