/** Carries out the blows of a plan, each as it would come from outside: by a signal, at a server, by a person. */
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { pauseIssue, resumeIssue } from '../../src/sends/pause-resume-cancel.ts';
import { killPostgres } from '../helpers/postgres-server.ts';
import { until } from '../helpers/until.ts';
import { draw, pick } from './draw.ts';
import { insist } from './insist.ts';
import { lookAfter } from './look-after.ts';
import { leave, suppressSome } from './people.ts';
import type { Blow, Point } from './plan.ts';
import { type Post, wrongClock } from './post.ts';
import type { Scene } from './scene.ts';

/** How long things are away or frozen: short with short times, over a minute with those of production. */
const lasting = ({ plan }: Scene, shortMs: number, realMs: number): number => (plan.real ? realMs : shortMs);
/** Longer than the lease, in either case. */
const frozenMs = (scene: Scene) => lasting(scene, 2_500, 90_000);
const awayMs = (scene: Scene) => lasting(scene, 3_000, 60_000);
const DRAIN_MS = 45_000;

/** What goes on by itself when the blow has fallen (a frozen process that wakes later). */
export interface Struck {
  aftermath?: Promise<void>;
}

/** `n`: which blow of the plan this is. */
export async function strike(scene: Scene, blow: Blow, n: number): Promise<Struck> {
  const victim = pick(senders(scene), draw(scene.plan.seed, 'victim', n));
  if (blow === 'stop') return freeze(scene, victim);
  await strikeNow(scene, blow, n, victim);
  return {};
}

async function strikeNow(scene: Scene, blow: Blow, n: number, victim: Post): Promise<void> {
  if (blow.startsWith('kill at ')) return killAt(scene, blow.slice(8) as Point);
  switch (blow) {
    case 'kill':
      return crash(scene, victim);
    case 'kill web':
      return crash(scene, scene.posts.find((post) => post.role === 'web')!);
    case 'term':
      await victim.stop(DRAIN_MS);
      return victim.refill();
    case 'clock':
      await victim.stop(DRAIN_MS);
      return victim.refill(wrongClock(draw(scene.plan.seed, 'clock') < 0.5 ? 1 : -1));
    case 'pause':
      await scene.stage.run('issue', 'pause', scene.issue);
      await scene.stage.run('issue', 'resume', scene.issue);
      return;
    case 'pause 100 times':
      return pauseOften(scene);
    case 'cancel':
      await scene.stage.json('issue', 'cancel', scene.issue);
      return;
    case 'leave':
      return leave(scene, n);
    case 'suppress':
      return suppressSome(scene, n);
    default:
      return strikeServers(scene, blow);
  }
}

const senders = ({ posts }: Scene): Post[] => posts.filter((post) => post.role !== 'web');

async function crash(scene: Scene, victim: Post): Promise<void> {
  scene.openAtCrash += victim.crash(scene.stage.sink);
  await victim.refill();
}

/** Whoever's connection comes to this point next dies there. */
async function killAt(scene: Scene, point: Point): Promise<void> {
  let victim: Post | undefined;
  scene.relay.set({
    point,
    spring: ({ peer }) => {
      victim = senders(scene).find((post) => post.alive && post.holds(peer));
      if (victim) scene.openAtCrash += victim.crash(scene.stage.sink);
    },
  });
  // A send that is through comes to no point any more, nor does one that paused itself.
  await until(`a process was killed at ${point}`, async () => victim || (await lookAfter(scene)), {
    withinMs: 60_000,
  });
  await victim?.refill();
}

function freeze(scene: Scene, victim: Post): Struck {
  scene.openAtCrash += victim.connections(scene.stage.sink);
  victim.freeze();
  return { aftermath: wait(frozenMs(scene)).then(() => victim.thaw()) };
}

async function pauseOften({ db, issueId }: Scene): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    await insist(() => pauseIssue(db, issueId, 'editor', 'a trial'));
    await insist(() => resumeIssue(db, issueId));
  }
}

async function strikeServers(scene: Scene, blow: Blow): Promise<void> {
  const { stage, redis, postgres, disk, db } = scene;
  switch (blow) {
    case 'connections':
      await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`.execute(db);
      return;
    case 'relay cut':
      scene.openAtCrash += stage.sink.open;
      stage.sink.cut();
      return;
    case 'relay away':
      scene.openAtCrash += stage.sink.open;
      await stage.sink.close();
      await wait(1_500);
      return stage.sink.listen();
    case 'redis killed':
    case 'redis away':
      await redis!.kill();
      if (blow === 'redis away') await wait(awayMs(scene));
      return redis!.start();
    case 'redis emptied':
      return tellRedis(scene, 'FLUSHALL');
    case 'redis full':
      await tellRedis(scene, 'CONFIG', 'SET', 'maxmemory', '1mb');
      await wait(2_000);
      return tellRedis(scene, 'CONFIG', 'SET', 'maxmemory', '0');
    case 'postgres killed':
    case 'postgres away':
      await (postgres ? postgres.kill() : killPostgres(`${stage.env.POSTRIDER_HOME}/postgres/data`));
      if (blow === 'postgres away') await wait(awayMs(scene));
      await postgres?.start();
      return;
    case 'disk full':
      disk!.fill();
      await wait(2_000);
      disk!.clear();
      // One that gave up on its disk is started again by whoever looks after it.
      await postgres?.start();
      return;
    default:
      throw new Error(`no such blow: ${blow}`);
  }
}

async function tellRedis({ redis }: Scene, command: string, ...words: string[]): Promise<void> {
  const client = new Redis(redis!.url);
  try {
    await client.call(command, ...words);
  } finally {
    client.disconnect();
  }
}
