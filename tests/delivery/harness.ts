/**
 * Several workers on one ledger, each with dispatchers, throttles and wake-ups of its own, as in separate processes,
 * before one oracle relay.
 */

import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { Keys } from '../../src/consent/keys.ts';
import type { Db } from '../../src/db/connection.ts';
import { Composers } from '../../src/delivery/worker/composers.ts';
import { systemClock } from '../../src/io/clock.ts';
import { openLog } from '../../src/io/log.ts';
import { openWakeUpQueue } from '../../src/io/queue.ts';
import { smtpRelay } from '../../src/io/smtp/relay.ts';
import type { MxResolver, Relay, RelaySettings } from '../../src/ports.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { startSending } from '../../src/sends/start.ts';
import { startWorker, type WorkerParts } from '../../workers/start-worker.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { relaySettings } from '../helpers/relay-settings.ts';
import { insertIssue, insertNewsletter, insertReaders } from '../helpers/rows.ts';
import { type Sink, type SinkOptions, startSink } from '../helpers/sink.ts';
import { until } from '../helpers/until.ts';
import { edition } from './fixtures.ts';

const log = openLog('silent');

export const TIMES: WorkerParts['times'] = {
  heartbeatMs: 1_000,
  leaseMs: 10_000,
  sweepMs: 500,
  drainMs: 5_000,
  expireMs: 600_000,
  retryMs: [200],
  markFreshMs: 2_000,
  idleMs: 5_000,
  holdMs: 1_000,
  growMs: 300,
};

export interface LaneHarness {
  db: Db;
  sink: Sink;
  relay: Relay;
  /** With `second`: another relay, `two`, that every issue may go to as well. */
  second: Sink | null;
  /** A send of a newsletter of its own to `people[lane's domain]` readers; its readers are `<n>.<slug>@<domain>`. */
  send(slug: string, people: Readonly<Record<string, number>>): Promise<number>;
  /** A mail about consent to this address. */
  serviceMail(email: string): Promise<void>;
  untilSent(issue: number, withinMs?: number): Promise<void>;
  states(issue: number): Promise<Record<string, number>>;
}

export async function openLaneHarness(
  options: {
    workers?: number;
    relay?: Partial<RelaySettings>;
    times?: Partial<WorkerParts['times']>;
    second?: boolean;
    sink?: SinkOptions;
    /** A refusal that takes longer counts as slow. */
    slowRefusalMs?: number;
    /** Default: no domain has any. */
    mxResolver?: MxResolver;
    /** Before the workers start. */
    prepare?: (db: Db) => Promise<unknown>;
  } = {},
): Promise<LaneHarness> {
  const database = await createTestDatabase();
  const sink = await startSink(options.sink);
  const { db } = database;
  await options.prepare?.(db);
  const settings = relaySettings(sink.port, { pool: 6, ...options.relay });
  const smtpTimes = { commandMs: 5_000, dotMs: 5_000, slowRefusalMs: options.slowRefusalMs };
  const relay = smtpRelay(settings, smtpTimes);
  const second = options.second ? await startSink() : null;
  const relays = second
    ? [relay, smtpRelay({ ...settings, name: 'two', port: second.port }, smtpTimes)]
    : [relay];
  const times = { ...TIMES, ...options.times };
  const keys = new Keys(['a secret of at least thirty-two bytes']);
  const closers: (() => Promise<unknown>)[] = [() => database.drop(), () => sink.end()];
  if (second) closers.push(() => second.end());
  const openQueue = () =>
    openWakeUpQueue(
      { redisUrl: null, databaseUrl: database.url, lockMs: 10_000, keyPrefix: async () => 'test' },
      log,
    );
  for (let n = options.workers ?? 1; n > 0; n--) {
    const wakeUps = openQueue();
    closers.push(() => wakeUps.close());
    const pace = { take: async (_: string, signal: AbortSignal) => !signal.aborted, setRate: () => {} };
    const emails = new EmailFiles(null);
    const composers = new Composers({
      db,
      keys,
      emails,
      publicUrl: 'https://example.org',
      clock: systemClock,
    });
    const mxResolver = options.mxResolver ?? { resolve: async () => [] };
    const parts = { db, wakeUps, pace, relays, composers, mxResolver, clock: systemClock, log, times };
    const worker = await startWorker(parts);
    closers.push(() => worker.stop());
  }
  const wakeUps = openQueue();
  closers.push(() => wakeUps.close());
  onTestFinished(async () => {
    for (const close of closers.reverse()) await close();
  });
  return {
    db,
    sink,
    relay,
    second,
    async send(slug, people) {
      const issueId = await draft(db, slug, people);
      const route = relays.map(({ settings: { name } }) => name).join(',');
      await startSending(db, wakeUps, log, { issueId, name: `${slug}/one`, edition, relay, route });
      return issueId;
    },
    serviceMail: async (email) => {
      await sql`
        WITH person AS (INSERT INTO subscribers (identity, email) VALUES (${email}, ${email}) RETURNING id)
        INSERT INTO deliveries (issue_id, kind, notice, key, newsletter_id, subscriber_id, email, lane, due_at)
        SELECT 0, 'notice', 'data-link', gen_random_uuid(), (SELECT min(id) FROM newsletters), id, ${email}, 'service',
          clock_timestamp() FROM person`.execute(db);
      await wakeUps.wake([{ v: 1, issue: 0, lane: 'service', slot: 0, turn: 'a' }]);
    },
    untilSent: async (issue, withinMs = 30_000) => {
      await until('the issue is sent', () => isSent(db, issue), {
        withinMs,
        everyMs: 50,
        found: () => statesOf(db, issue),
      });
    },
    states: (issue) => statesOf(db, issue),
  };
}

async function draft(db: Db, slug: string, people: Readonly<Record<string, number>>): Promise<number> {
  const newsletter = await insertNewsletter(db, { slug });
  for (const [domain, count] of Object.entries(people)) {
    const emails = Array.from({ length: count }, (_, at) => `${at + 1}.${slug}@${domain}`);
    await insertReaders(db, newsletter, emails);
  }
  return insertIssue(db, newsletter, { slug: 'one' });
}

export async function isSent(db: Db, issue: number): Promise<boolean> {
  const { state } = await db
    .selectFrom('issues')
    .select('state')
    .where('id', '=', issue)
    .executeTakeFirstOrThrow();
  return state === 'sent';
}

async function statesOf(db: Db, issue: number): Promise<Record<string, number>> {
  const { rows } = await sql<{ key: string; n: number }>`
    SELECT lane || ' ' || state || coalesce(': ' || reason, '') AS key, count(*)::int AS n FROM deliveries
    WHERE issue_id = ${issue} GROUP BY 1 ORDER BY 1`.execute(db);
  return Object.fromEntries(rows.map(({ key, n }) => [key, n]));
}
