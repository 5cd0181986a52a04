/** Relays and their limits, held over two worker processes together. */
import { sql } from 'kysely';
import { expect, onTestFinished } from 'vitest';
import type { Db } from '../../src/db/connection.ts';
import { openLog } from '../../src/io/log.ts';
import { openRedis } from '../../src/io/redis.ts';
import { type Sink, type SinkOptions, startSink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import type { Way } from '../helpers/ways.ts';
import { flawless, type Harness, judge, openHarness } from './harness.ts';

interface DueTimes {
  waitsFor: string | null;
  waitsUntil: string | null;
}

const database = (harness: Harness): Db => {
  if (!harness.db) throw new Error('these journeys look into the database');
  return harness.db;
};

/** As if what the relay took had been taken so much earlier. */
const later = (harness: Harness, interval: string) =>
  sql`UPDATE relay_counts SET bucket = bucket - ${interval}::interval`.execute(database(harness));

/** All that was handed over through a relay, out of the ledger itself: accepted, and every attempt that was not. */
async function recount(harness: Harness): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT (SELECT count(*) FROM deliveries WHERE state = 'accepted') + (SELECT count(*) FROM attempts) AS n`.execute(
    database(harness),
  );
  return rows[0]!.n;
}

const status = (harness: Harness, issue: string) =>
  harness.json<DueTimes & { counts: { accepted: number } }>('issue', 'status', issue);

/** Until the hour's limit is used up and the send says so. */
const untilItWaits = (harness: Harness, issue: string, accepted: number) =>
  until(
    `${accepted} are out and the rest waits`,
    async () => {
      const now = await harness.status(issue);
      const waits = (now as unknown as DueTimes).waitsFor !== null;
      return now.counts.accepted + now.counts.unknown >= accepted && waits ? now : null;
    },
    { withinMs: 60_000, everyMs: 200, found: () => harness.status(issue).then((s) => JSON.stringify(s)) },
  );

/** Until nobody waits any more. */
const untilOver = (harness: Harness, issue: string, meanwhile: () => Promise<unknown> = async () => {}) =>
  until(
    'nobody waits any more',
    async () => {
      await meanwhile();
      return (await harness.status(issue)).counts.waiting === 0;
    },
    { withinMs: 60_000, everyMs: 200, found: () => harness.status(issue).then((s) => JSON.stringify(s)) },
  );

/** The sweeper has rung every lane that has work several times since: whoever could send has. */
async function untilSweptTwice(harness: Harness): Promise<void> {
  const served = async () =>
    (
      await sql<{ at: Date }>`SELECT max(served_at) AS at FROM sends`.execute(database(harness))
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
  const harness = await openHarness(way, { relay: 'pool=3&hour=50' });
  const [first] = await Promise.all([harness.up('worker'), harness.up('worker')]);
  await harness.newsletter(120);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await untilItWaits(harness, issue, 49);
  if (way === 'full') await flushAll(harness);
  await untilSweptTwice(harness);
  expect([harness.sink.accepted.length, await recount(harness)]).toEqual([49, 49]);
  const { waitsFor, waitsUntil } = await status(harness, issue);
  expect(waitsFor).toBe('relay 127.0.0.1 has reached its limit of 50 messages per hour');
  const minutes = (Date.parse(waitsUntil!) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(58);
  expect(minutes).toBeLessThan(62);
  // The hour goes by; and a worker that dies at once may only make it less.
  await later(harness, '62 minutes');
  await harness.untilReceived(60);
  first.kill('SIGKILL');
  await untilItWaits(harness, issue, 60);
  await untilSweptTwice(harness);
  expect(await recount(harness)).toBeLessThanOrEqual(98);
  expect(harness.sink.accepted.length).toBeLessThanOrEqual(98);
  // Hour by hour, all have their turn.
  await untilOver(harness, issue, () => later(harness, '62 minutes'));
  const verdict = judge(await harness.ledger(issue), harness.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: verdict.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(3);
}

async function flushAll(harness: Harness): Promise<void> {
  const redis = openRedis(harness.env.REDIS_URL!, openLog('silent'), { maxRetriesPerRequest: 1 });
  await redis.flushall();
  redis.disconnect();
}

const relayList = (harness: Harness) =>
  harness.json('relay', 'list') as unknown as Promise<{ relay: string; state: string }[]>;

/** Raised while the send waits, the limit holds at once. */
export async function limitsChangeWhileRunning(way: Way): Promise<void> {
  const harness = await openHarness(way, { relay: 'pool=3&day=20&name=main' });
  await Promise.all([harness.up('worker'), harness.up('worker')]);
  await harness.newsletter(60);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await untilItWaits(harness, issue, 20);
  expect(harness.sink.accepted).toHaveLength(20);
  await harness.json('relay', 'set', 'main', '--day', '0', '--connections', '2', '--messages', '5');
  await harness.untilState(issue, 'sent');
  expect(judge(await harness.ledger(issue), harness.sink.counts())).toEqual(flawless);
  const listed = await relayList(harness);
  expect(listed).toMatchObject([{ relay: 'main', state: 'up', day: 0, used: { day: 60 } }]);
}

/** Neither process has more than its share, nor both together more than the relay allows. */
export async function connectionsHold(way: Way): Promise<void> {
  const harness = await openHarness(way, { relay: 'pool=5&connections=4&messages=10' });
  harness.sink.behave = ({ stage: at }) => (at === 'dot' ? { lateMs: 15 } : undefined);
  const [first] = await Promise.all([harness.up('worker'), harness.up('worker')]);
  await harness.newsletter(300);
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilReceived(80);
  first.kill('SIGKILL');
  await untilOver(harness, issue);
  expect(harness.sink.peak).toBeLessThanOrEqual(4);
  // Both had some, and what the dead one held came free.
  expect(harness.sink.peak).toBeGreaterThanOrEqual(3);
  const perConnection = new Map<number, number>();
  for (const { connection } of harness.sink.accepted)
    perConnection.set(connection, (perConnection.get(connection) ?? 0) + 1);
  expect(Math.max(...perConnection.values())).toBeLessThanOrEqual(10);
  const verdict = judge(await harness.ledger(issue), harness.sink.counts());
  expect(verdict).toEqual({ ...flawless, unknown: verdict.unknown });
  expect(verdict.unknown).toBeLessThanOrEqual(2);
}

async function twoSinks(way: Way, options: { main?: SinkOptions; login?: string; weights?: string } = {}) {
  const harness = await openHarness(way);
  const main = await startSink(options.main);
  const backup = await startSink();
  onTestFinished(async () => {
    await main.end();
    await backup.end();
  });
  const login = options.login ? `${options.login}@` : '';
  harness.env.SMTP_URL = `smtp://${login}127.0.0.1:${main.port}?name=main&pool=3 smtp://127.0.0.1:${backup.port}?name=backup&pool=3`;
  await Promise.all([harness.up('worker'), harness.up('worker')]);
  const together = () => {
    const counts = main.counts();
    for (const [to, count] of backup.counts()) counts.set(to, (counts.get(to) ?? 0) + count);
    return counts;
  };
  return { harness, main, backup, together };
}

const shareOf = (sink: Sink, other: Sink): number =>
  sink.accepted.length / (sink.accepted.length + other.accepted.length);

/** Weights hold; one dies in mid-send, and comes back: nobody lost, nobody twice. */
export async function twoRelays(way: Way): Promise<void> {
  const { harness, main, backup, together } = await twoSinks(way);
  const late = ({ stage: at }: { stage: string }) => (at === 'dot' ? { lateMs: 5 } : undefined);
  main.behave = late;
  backup.behave = late;
  await harness.newsletter(600, '--relay', 'main:3,backup:1');
  const whole = await harness.draft('whole');
  await harness.json('issue', 'send', whole);
  await harness.untilState(whole, 'sent');
  expect(shareOf(main, backup)).toBeGreaterThan(0.65);
  expect(shareOf(main, backup)).toBeLessThan(0.85);
  expect(judge(await harness.ledger(whole), together())).toEqual(flawless);
  for (const sink of [main, backup]) sink.accepted.length = 0;
  const broken = await harness.draft('broken');
  await harness.json('issue', 'send', broken);
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
  await untilOver(harness, broken);
  const verdict = judge(await harness.ledger(broken), together());
  expect(verdict).toEqual({ ...flawless, unknown: verdict.unknown });
  // In doubt is what was on the wire when it died.
  expect(verdict.unknown).toBeLessThanOrEqual(6);
}

/** A login that is refused asks a person only when no other relay can take it. */
export async function loginRefused(way: Way): Promise<void> {
  const main = { login: { user: 'u', pass: 'right' } };
  const { harness, main: refusing, backup, together } = await twoSinks(way, { main, login: 'u:wrong' });
  await harness.newsletter(60, '--relay', 'main:9,backup:1');
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  await harness.untilState(issue, 'sent');
  expect([refusing.accepted.length, backup.accepted.length]).toEqual([0, 60]);
  expect(judge(await harness.ledger(issue), together())).toEqual(flawless);
  const listed = await relayList(harness);
  expect(listed.map(({ relay, state }) => [relay, state])).toEqual([
    ['main', 'down'],
    ['backup', 'up'],
  ]);
  await harness.json('newsletter', 'set', 'weekly', '--relay', 'main');
  const alone = await harness.draft('alone');
  await harness.json('issue', 'send', alone);
  expect((await harness.untilState(alone, 'paused')).reason).toMatch(/^relay-refuses-login/);
}
