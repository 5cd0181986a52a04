/** One trial: a plan carried out on real processes, to the end, and judged. */
import { openEmbedded } from '../../src/db/embedded/open.ts';
import { issueStatus } from '../../src/stats/status.ts';
import { until } from '../helpers/until.ts';
import { insist } from './insist.ts';
import { lookAfter } from './look-after.ts';
import type { Blow, Plan } from './plan.ts';
import { allFaults } from './relay-faults.ts';
import { openScene, type Scene } from './scene.ts';
import { strike } from './strike.ts';
import { judgeTrial, type Verdict } from './verdict.ts';

export interface Trial extends Verdict {
  seed: number;
  way: Plan['way'];
  policy: Plan['policy'];
  readers: number;
  real: boolean;
  /** The blows that fell; one that was due after the end of the send did not. */
  blows: Blow[];
  /** Faults of the relay that never came. */
  unmet: string[];
  /** Why the send paused itself. */
  pauses: string[];
  /** Exit codes other than 0 of processes that were asked to end. */
  exits: string[];
  /** From the send to its end. */
  seconds: number;
}

const DRAIN_MS = 45_000;

export async function runTrial(plan: Plan, tell: (scene: Scene) => void): Promise<Trial> {
  const scene = await openScene(plan);
  tell(scene);
  const began = performance.now();
  await begin(scene);
  const blows = await fight(scene);
  const exits = await untilOver(scene);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const verdict = await withDatabase(scene, () => judgeTrial(scene));
  const { seed, way, policy, readers, real } = plan;
  const { pauses, relay } = scene;
  const unmet = allFaults(plan).filter(({ name }) => !relay.met.has(name));
  return {
    ...{ seed, way, policy, readers, real, ...verdict, blows, pauses, exits, seconds },
    unmet: unmet.map(({ name }) => name),
  };
}

async function begin({ plan, stage, issue }: Scene): Promise<void> {
  if (plan.start === 'at') {
    await stage.json('issue', 'send', issue, '--delay', '2s');
  } else if (plan.start === 'twice') {
    const both = await Promise.all([1, 2].map(() => stage.run('issue', 'send', issue, '--yes')));
    const codes = both.map((ended) => ended.code).sort();
    if (codes.join() !== '0,1')
      throw new Error(`expected one of two sends to be refused, found ${JSON.stringify(both)}`);
  } else {
    await stage.json('issue', 'send', issue);
  }
}

/** Lets the blows fall, each when its number of messages has arrived. */
async function fight(scene: Scene): Promise<Blow[]> {
  const fallen: Blow[] = [];
  const aftermaths: Promise<void>[] = [];
  for (const [n, { after, blow }] of scene.plan.blows.entries()) {
    scene.relay.slowFrom = after;
    // Only root may mount the disk that is to be filled; the table tells that the blow never fell.
    if (blow === 'disk full' && !scene.disk) continue;
    const over = await comesTo(scene, () => scene.stage.sink.accepted.length >= after);
    if (over) break;
    const { aftermath } = await strike(scene, blow, n);
    if (aftermath) aftermaths.push(aftermath);
    fallen.push(blow);
  }
  scene.relay.slowFrom = Number.POSITIVE_INFINITY;
  await Promise.all(aftermaths);
  return fallen;
}

/** True when the send was over before it came to this. A send that paused itself is resumed by a person who looks on. */
async function comesTo(scene: Scene, reached: () => boolean): Promise<boolean> {
  let over = false;
  await until(
    'the send goes on',
    async () => {
      if (reached()) return true;
      over = await lookAfter(scene);
      return over;
    },
    { withinMs: scene.plan.real ? 1_800_000 : 150_000, everyMs: 100, found: () => story(scene) },
  );
  return over && !reached();
}

async function story({ db, issueId, stage, pauses }: Scene): Promise<string> {
  const status = await issueStatus(db, issueId).catch((error: Error) => error.message);
  return JSON.stringify({ status, received: stage.sink.accepted.length, pauses });
}

/** Until nothing waits any more, also when the replies that a drain still waits for have given work back. */
async function untilOver(scene: Scene): Promise<string[]> {
  const exits: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    await comesTo(scene, () => false);
    exits.push(...(await stopAll(scene)));
    const waits = await withDatabase(scene, () => insist(() => issueStatus(scene.db, scene.issueId)));
    if (waits.counts.waiting === 0) break;
    for (const post of scene.posts) await post.refill();
  }
  return exits;
}

async function stopAll({ posts }: Scene): Promise<string[]> {
  const ends = await Promise.all(posts.map(async (post) => ({ post, end: await post.stop(DRAIN_MS) })));
  return ends
    .filter(({ end }) => end.code !== 0)
    .map(({ post, end }) => `${post.role} ended with ${end.code ?? end.signal}`);
}

/** The embedded database ends with the last process that uses it: then it is opened for our look. */
async function withDatabase<T>({ plan, stage }: Scene, act: () => Promise<T>): Promise<T> {
  if (plan.way !== 'embedded') return act();
  const log = { info() {}, warn() {}, error() {} };
  const embedded = await openEmbedded({ home: stage.env.POSTRIDER_HOME!, log, tell: () => {} });
  try {
    return await act();
  } finally {
    await embedded.close();
  }
}
