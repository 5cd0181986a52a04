/** Relays and their limits, held over two worker processes together. */
import { sql } from 'kysely';
import { expect, onTestFinished } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { openLog } from '../../src/io/log.ts';
import { openRedis } from '../../src/io/queue.ts';
import { type Sink, type SinkOptions, startSink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import type { Way } from '../helpers/ways.ts';
import { flawless, judge, openStage, type Stage } from './stage.ts';

interface Waiting {
  waitsFor: string | null;
  waitsUntil: string | null;
}

const database = (stage: Stage): Db => {
  if (!stage.db) throw new Error('these journeys look into the database');
  return stage.db;
};

/** As if what the relay took had been taken so much earlier. */
const later = (stage: Stage, interval: string) =>
  sql`UPDATE relay_counts SET bucket = bucket - ${interval}::interval`.execute(database(stage));

/** All that was handed over through a relay, out of the ledger itself: accepted, and every attempt that was not. */
async function recount(stage: Stage): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT (SELECT count(*) FROM deliveries WHERE state = 'accepted') + (SELECT count(*) FROM attempts) AS n`.execute(
    database(stage),
  );
  return rows[0]!.n;
}

const status = (stage: Stage, issue: string) =>
  stage.json<Waiting & { counts: { accepted: number } }>('issue', 'status', issue);

/** Until the hour's limit is used up and the send says so. */
const untilItWaits = (stage: Stage, issue: string, accepted: number) =>
  until(
    `${accepted} are out and the rest waits`,
    async () => {
      const now = await stage.status(issue);
      const waits = (now as unknown as Waiting).waitsFor !== null;
      return now.counts.accepted + now.counts.unknown >= accepted && waits ? now : null;
    },
    { withinMs: 60_000, everyMs: 200, found: () => stage.status(issue).then((s) => JSON.stringify(s)) },
  );

/** Until nobody waits any more. */
const untilOver = (stage: Stage, issue: string, meanwhile: () => Promise<unknown> = async () => {}) =>
  until(
    'nobody waits any more',
    async () => {
      await meanwhile();
      return (await stage.status(issue)).counts.waiting === 0;
    },
    { withinMs: 60_000, everyMs: 200, found: () => stage.status(issue).then((s) => JSON.stringify(s)) },
  );

/** The sweeper has rung every lane that has work several times since: whoever could send has. */
async function untilSweptTwice(stage: Stage): Promise<void> {
  const served = async () =>
    (
      await sql<{ at: Date }>`SELECT max(served_at) AS at FROM issues`.execute(database(stage))
    ).rows[0]!.at.getTime();
  for (let sweeps = 0, before = await served(); sweeps < 4; sweeps++) {
    before = await until('the sweeper has been by', async () => {
      const now = await served();
      return now > before ? now : null;
    });
  }
}

/** Issues leave a fiftieth to service mails: of 50, one. */
export async function hourHolds(way: Way): Promise<void> {
  const stage = await openStage(way, { relay: 'pool=3&hour=50' });
  const [first] = await Promise.all([stage.up('worker'), stage.up('worker')]);
  await stage.newsletter(120);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await untilItWaits(stage, issue, 49);
  if (way === 'full') await flushAll(stage);
  await untilSweptTwice(stage);
  expect([stage.sink.accepted.length, await recount(stage)]).toEqual([49, 49]);
  const { waitsFor, waitsUntil } = await status(stage, issue);
  expect(waitsFor).toBe('relay 127.0.0.1 has taken its 50 messages of an hour');
  const minutes = (Date.parse(waitsUntil!) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(58);
  expect(minutes).toBeLessThan(62);
  // The hour goes by; and a worker that dies at once may only make it less.
  await later(stage, '62 minutes');
  await stage.untilReceived(60);
  first.kill('SIGKILL');
  await untilItWaits(stage, issue, 60);
  await untilSweptTwice(stage);
  expect(await recount(stage)).toBeLessThanOrEqual(98);
  expect(stage.sink.accepted.length).toBeLessThanOrEqual(98);
  // Hour by hour, all have their turn.
  await untilOver(stage, issue, () => later(stage, '62 minutes'));
  const verdict = judge(await stage.ledger(issue), stage.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: verdict.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(3);
}

async function flushAll(stage: Stage): Promise<void> {
  const redis = await openRedis(stage.env.REDIS_URL!, openLog('silent'), { maxRetriesPerRequest: 1 });
  await redis.flushall();
  redis.disconnect();
}

const relayList = (stage: Stage) =>
  stage.json('relay', 'list') as unknown as Promise<{ relay: string; state: string }[]>;

/** Raised while the send waits, the limit holds at once. */
export async function limitsChangeWhileRunning(way: Way): Promise<void> {
  const stage = await openStage(way, { relay: 'pool=3&day=20&name=main' });
  await Promise.all([stage.up('worker'), stage.up('worker')]);
  await stage.newsletter(60);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await untilItWaits(stage, issue, 20);
  expect(stage.sink.accepted).toHaveLength(20);
  await stage.json('relay', 'set', 'main', '--day', '0', '--connections', '2', '--messages', '5');
  await stage.untilState(issue, 'sent');
  expect(judge(await stage.ledger(issue), stage.sink.counts())).toEqual(flawless);
  const shown = await relayList(stage);
  expect(shown).toMatchObject([{ relay: 'main', state: 'up', day: 0, used: { day: 60 } }]);
}

/** Neither process has more than its share, nor both together more than the relay allows. */
export async function connectionsHold(way: Way): Promise<void> {
  const stage = await openStage(way, { relay: 'pool=5&connections=4&messages=10' });
  stage.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 15 } : undefined);
  const [first] = await Promise.all([stage.up('worker'), stage.up('worker')]);
  await stage.newsletter(300);
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilReceived(80);
  first.kill('SIGKILL');
  await untilOver(stage, issue);
  expect(stage.sink.peak).toBeLessThanOrEqual(4);
  // Both had some, and what the dead one held came free.
  expect(stage.sink.peak).toBeGreaterThanOrEqual(3);
  const perConnection = new Map<number, number>();
  for (const { connection } of stage.sink.accepted)
    perConnection.set(connection, (perConnection.get(connection) ?? 0) + 1);
  expect(Math.max(...perConnection.values())).toBeLessThanOrEqual(10);
  const verdict = judge(await stage.ledger(issue), stage.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: verdict.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(2);
}

async function twoSinks(way: Way, options: { main?: SinkOptions; login?: string; weights?: string } = {}) {
  const stage = await openStage(way);
  const main = await startSink(options.main);
  const backup = await startSink();
  onTestFinished(async () => {
    await main.end();
    await backup.end();
  });
  const login = options.login ? `${options.login}@` : '';
  stage.env.SMTP_URL = `smtp://${login}127.0.0.1:${main.port}?name=main&pool=3 smtp://127.0.0.1:${backup.port}?name=backup&pool=3`;
  await Promise.all([stage.up('worker'), stage.up('worker')]);
  const together = () => {
    const counts = main.counts();
    for (const [to, count] of backup.counts()) counts.set(to, (counts.get(to) ?? 0) + count);
    return counts;
  };
  return { stage, main, backup, together };
}

const shareOf = (sink: Sink, other: Sink): number =>
  sink.accepted.length / (sink.accepted.length + other.accepted.length);

/** Weights hold; one dies in mid-send, and comes back: nobody lost, nobody twice. */
export async function twoRelays(way: Way): Promise<void> {
  const { stage, main, backup, together } = await twoSinks(way);
  const late = ({ stage: at }: { stage: string }) => (at === 'dot' ? { lateMs: 5 } : undefined);
  main.behave = late;
  backup.behave = late;
  await stage.newsletter(600, '--relay', 'main:3,backup:1');
  const whole = await stage.draft('whole');
  await stage.json('issue', 'send', whole);
  await stage.untilState(whole, 'sent');
  expect(shareOf(main, backup)).toBeGreaterThan(0.65);
  expect(shareOf(main, backup)).toBeLessThan(0.85);
  expect(judge(await stage.ledger(whole), together())).toEqual(flawless);
  for (const sink of [main, backup]) sink.accepted.length = 0;
  const broken = await stage.draft('broken');
  await stage.json('issue', 'send', broken);
  await until('main is at work', () => main.accepted.length > 60, { everyMs: 5 });
  await main.close();
  // Slow enough that work is left when the other comes back.
  backup.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 250 } : undefined);
  const before = backup.accepted.length;
  await until('backup takes over', () => backup.accepted.length > before + 50, { everyMs: 5 });
  await main.listen();
  const gone = main.accepted.length;
  await until('main is used again', () => main.accepted.length > gone, { withinMs: 30_000, everyMs: 20 });
  backup.behave = late;
  await untilOver(stage, broken);
  const verdict = judge(await stage.ledger(broken), together());
  expect(verdict).toEqual({ ...flawless, unknown: verdict.unknown });
  // In doubt is what was on the wire when it died.
  expect(verdict.unknown).toBeLessThanOrEqual(6);
}

/** A login that is refused asks a person only when no other relay can take it. */
export async function loginRefused(way: Way): Promise<void> {
  const main = { login: { user: 'u', pass: 'right' } };
  const { stage, main: refusing, backup, together } = await twoSinks(way, { main, login: 'u:wrong' });
  await stage.newsletter(60, '--relay', 'main:9,backup:1');
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  await stage.untilState(issue, 'sent');
  expect([refusing.accepted.length, backup.accepted.length]).toEqual([0, 60]);
  expect(judge(await stage.ledger(issue), together())).toEqual(flawless);
  const shown = await relayList(stage);
  expect(shown.map(({ relay, state }) => [relay, state])).toEqual([
    ['main', 'down'],
    ['backup', 'up'],
  ]);
  await stage.json('newsletter', 'set', 'weekly', '--relay', 'main');
  const alone = await stage.draft('alone');
  await stage.json('issue', 'send', alone);
  expect((await stage.untilState(alone, 'paused')).reason).toMatch(/^relay-refuses-login/);
}
