/** Carries out a seed on real processes, and judges it person by person. */

import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { unsubscribe } from '../../src/consent/unsubscribe.ts';
import { systemClock } from '../../src/io/clock.ts';
import { recount, tally } from '../../src/ledger/counts.ts';
import type { Running } from '../helpers/processes.ts';
import { startRedis } from '../helpers/redis.ts';
import type { RedisServer } from '../helpers/redis-server.ts';
import { until } from '../helpers/until.ts';
import { judge, openStage, type Stage, type Verdict } from '../journeys/stage.ts';
import { type Blow, blows, draw, relayFault } from './seed.ts';

const POOL = 4;
/** Longer than the lease: a worker that is stopped for this long has lost everything when it wakes. */
const STOPPED_MS = 2_500;

export interface Trial extends Verdict {
  blows: Blow[];
  /** What unknowns may come from: connections open at a crash, dots left unanswered, bodies cut with our dot behind them. */
  allowedUnknown: number;
  /** Mails received after the answer to their reader's unsubscribe. */
  afterLeaving: string[];
  talliesAgree: boolean;
  audience: number;
}

interface Scene {
  seed: number;
  stage: Stage;
  workers: Running[];
  redis: RedisServer | null;
  issueId: number;
  issue: string;
  leftAt: Map<string, number>;
  crashes: number;
  /** Connections that the relay cut while it read a body: our dot may have been on its way behind it. */
  cutBodies: number;
}

export async function runTrial(seed: number, audience: number): Promise<Trial> {
  const full = draw(seed, 'way') < 0.5;
  const redis = full ? await startRedis({ appendOnly: true }) : null;
  const stage = await openStage(full ? 'full' : 'database', {
    relay: `pool=${POOL}`,
    ...(redis ? { env: { REDIS_URL: redis.url } } : {}),
  });
  const workers = await Promise.all([stage.up('worker'), stage.up('worker')]);
  await stage.newsletter(audience);
  const issue = await stage.draft('one');
  const row = await stage.db!.selectFrom('issues').select('id').executeTakeFirstOrThrow();
  const leftAt = new Map<string, number>();
  const scene: Scene = {
    seed,
    stage,
    workers,
    redis,
    issueId: row.id,
    issue,
    leftAt,
    crashes: 0,
    cutBodies: 0,
  };
  stage.sink.behave = (step) => {
    const behaviour = relayFault(seed, step);
    scene.cutBodies += step.stage === 'body' && behaviour?.drop ? 1 : 0;
    return behaviour;
  };
  await stage.json('issue', 'send', issue);
  const planned = blows(seed, audience, full);
  for (const [n, { after, blow }] of planned.entries()) {
    await stage.untilReceived(after, 60_000);
    await strike(scene, blow, n);
  }
  await until('the issue is sent', async () => (await stage.status(issue)).state === 'sent', {
    withinMs: 120_000,
    everyMs: 100,
    found: async () => JSON.stringify(await stage.status(issue)),
  });
  return verdict(
    scene,
    planned.map(({ blow }) => blow),
    audience,
  );
}

async function strike(scene: Scene, blow: Blow, n: number): Promise<void> {
  const { stage, workers, redis } = scene;
  const victim = workers[n % workers.length]!;
  switch (blow) {
    case 'kill':
    case 'term':
      scene.crashes += blow === 'kill' ? 1 : 0;
      await victim.stop(blow === 'kill' ? 'SIGKILL' : 'SIGTERM');
      workers[n % workers.length] = await stage.up('worker');
      return;
    case 'stop':
      scene.crashes += 1;
      victim.kill('SIGSTOP');
      setTimeout(() => victim.kill('SIGCONT'), STOPPED_MS);
      return;
    case 'flush': {
      const client = new Redis(redis!.url);
      await client.flushall();
      client.disconnect();
      return;
    }
    case 'redis':
      await redis!.kill();
      await redis!.start();
      return;
    case 'connections':
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'postrider' AND datname = current_database()`.execute(stage.db!);
      return;
    case 'pause':
      await stage.run('issue', 'pause', scene.issue);
      await stage.run('issue', 'resume', scene.issue);
      return;
    case 'leave':
      return leave(scene, n);
  }
}

/** Ten readers leave, each by the act that the one-click endpoint calls. */
async function leave({ seed, stage, leftAt }: Scene, n: number): Promise<void> {
  const people = await stage
    .db!.selectFrom('subscriptions')
    .innerJoin('subscribers', 'subscribers.id', 'subscriptions.subscriber_id')
    .select(['subscribers.email', 'subscriber_id', 'newsletter_id'])
    .where('state', '=', 'confirmed')
    .orderBy('subscribers.id')
    .execute();
  for (let left = 0; left < 10; left += 1) {
    const person = people[Math.floor(draw(seed, 'leaver', n, left) * people.length)]!;
    const origin = { source: 'page', ip: null, userAgent: null, language: 'en' } as const;
    await unsubscribe(stage.db!, systemClock, {
      newsletter: person.newsletter_id,
      subscriber: person.subscriber_id,
      by: 'reader',
      origin,
    });
    leftAt.set(person.email, Date.now());
  }
}

async function verdict(scene: Scene, struck: Blow[], audience: number): Promise<Trial> {
  const { stage, issueId, leftAt, crashes, cutBodies } = scene;
  const lines = await stage.ledger(scene.issue);
  const [kept, counted] = await Promise.all([tally(stage.db!, issueId), recount(stage.db!, issueId)]);
  return {
    ...judge(lines, stage.sink.counts()),
    blows: struck,
    allowedUnknown: crashes * POOL + stage.sink.unanswered + cutBodies,
    afterLeaving: stage.sink.accepted
      .filter((mail) => mail.at > (leftAt.get(mail.to) ?? Number.POSITIVE_INFINITY))
      .map((mail) => mail.to),
    talliesAgree: JSON.stringify(kept) === JSON.stringify(counted),
    audience:
      lines.length === audience && new Set(lines.map((line) => line.email)).size === audience
        ? audience
        : lines.length,
  };
}
