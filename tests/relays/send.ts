/** Sends of one worker through one server: readers in a database of their own, and what became of each of them. */

import { sql } from 'kysely';
import { parseRelays } from '../../src/config/relays.ts';
import { Keys } from '../../src/consent/keys.ts';
import type { Db } from '../../src/db/connection.ts';
import { Composers } from '../../src/delivery/worker/composers.ts';
import { systemClock } from '../../src/io/clock.ts';
import { openLog } from '../../src/io/log.ts';
import { openWakeUpQueue } from '../../src/io/queue.ts';
import { smtpRelay } from '../../src/io/smtp/relay.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { startSending } from '../../src/sends/start.ts';
import { startWorker } from '../../workers/start-worker.ts';
import { edition } from '../delivery/fixtures.ts';
import { isSent, TIMES } from '../delivery/harness.ts';
import { createTestDatabase } from '../helpers/database.ts';
import { insertIssue, insertNewsletter } from '../helpers/rows.ts';
import { until } from '../helpers/until.ts';

const log = openLog(process.env.RELAYS_LOG ?? 'silent');

/** As in production where a fault would otherwise show too late or not at all: holds and retries cost their time. */
const times = { ...TIMES, retryMs: [2_000, 10_000], holdMs: 5_000, expireMs: 600_000 };
const smtpTimes = { commandMs: 30_000, dotMs: 30_000 };

interface Line {
  email: string;
  state: string;
  reason: string | null;
  attempts: number;
  reply: string | null;
}

export interface Sent {
  seconds: number;
  lines: Line[];
  /** Lanes that were held at any time until its end, with the reason. */
  held: string[];
}

export interface Sender {
  /** A newsletter of these readers; its number. */
  newsletter(slug: string, emails: readonly string[]): Promise<number>;
  /** A worker before this port, for the sends of `act`. */
  through(port: number, pool: number, act: (send: Send) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** A new issue to all readers of the newsletter, until nothing waits. */
export type Send = (newsletter: number, withinMs: number) => Promise<Sent>;

export async function openSender(): Promise<Sender> {
  const database = await createTestDatabase();
  const { db } = database;
  let issues = 0;
  return {
    newsletter: (slug, emails) => newsletterOf(db, slug, emails),
    async through(port, pool, act) {
      const [settings] = parseRelays(`smtp://127.0.0.1:${port}?name=port-${port}-pool-${pool}&pool=${pool}`);
      const relay = smtpRelay(settings!, smtpTimes);
      const wakeUps = openWakeUpQueue(
        { redisUrl: null, databaseUrl: database.url, lockMs: 10_000, keyPrefix: async () => '' },
        log,
      );
      const pace = { take: async (_: string, signal: AbortSignal) => !signal.aborted, setRate: () => {} };
      const keys = new Keys(['a secret of at least thirty-two bytes']);
      const composers = new Composers({
        db,
        keys,
        emails: new EmailFiles(null),
        publicUrl: 'https://example.org',
        clock: systemClock,
      });
      const worker = await startWorker({
        db,
        wakeUps,
        pace,
        relays: [relay],
        composers,
        mxResolver: { resolve: async () => [] },
        clock: systemClock,
        log,
        times,
      });
      try {
        await act(async (newsletter, withinMs) => {
          const id = await insertIssue(db, newsletter, { slug: `issue-${++issues}` });
          const order = { issueId: id, name: `issue ${id}`, edition, relay, route: relay.settings.name };
          await startSending(db, wakeUps, log, order);
          await until('the issue is sent', () => isSent(db, id), {
            withinMs,
            everyMs: 20,
            found: () => statesOf(db, id),
          });
          return sentOf(db, id, relay.settings.name);
        });
      } finally {
        await worker.stop();
        await wakeUps.close();
      }
    },
    close: () => database.drop(),
  };
}

/** It does not pause itself, however many are dead. */
async function newsletterOf(db: Db, slug: string, emails: readonly string[]): Promise<number> {
  const id = await insertNewsletter(db, { slug, auto_pause_refused: 0 });
  await sql`
    WITH p AS (
      INSERT INTO subscribers (identity, email) SELECT e, e FROM unnest(${emails}::text[]) e
      ON CONFLICT (identity) DO UPDATE SET email = excluded.email RETURNING id
    )
    INSERT INTO subscriptions (newsletter_id, subscriber_id, state, confirmed_at)
    SELECT ${id}::bigint, id, 'confirmed', clock_timestamp() FROM p`.execute(db);
  return id;
}

/** From the order to the last settle, by the database's clock. */
async function sentOf(db: Db, issue: number, relay: string): Promise<Sent> {
  const { rows } = await sql<{ seconds: number }>`
    SELECT extract(epoch FROM max(d.moved_at) - min(s.sending_since))::float8 AS seconds
    FROM deliveries d JOIN sends s ON s.issue_id = d.issue_id WHERE d.issue_id = ${issue}`.execute(db);
  const lines = await db
    .selectFrom('deliveries')
    .select(['email', 'state', 'reason', 'attempts', 'reply'])
    .where('issue_id', '=', issue)
    .execute();
  const lanes = await db.selectFrom('lane_states').selectAll().where('relay', '=', relay).execute();
  const held = lanes.filter(({ held_until, reason }) => held_until !== null || reason !== null);
  return {
    seconds: rows[0]!.seconds,
    lines,
    held: held.map(({ lane, reason }) => `${lane}: ${reason ?? 'no reason'}`),
  };
}

async function statesOf(db: Db, issue: number): Promise<unknown> {
  const { rows } = await sql<{ key: string; n: number }>`
    SELECT d.state || coalesce(': ' || reason, '') || coalesce(' ' || left(reply, 80), '') AS key, count(*)::int AS n
    FROM deliveries d WHERE issue_id = ${issue} GROUP BY 1 ORDER BY 2 DESC LIMIT 12`.execute(db);
  const { rows: lanes } = await sql`SELECT lane, held_until, reason, connections FROM lane_states`.execute(
    db,
  );
  const { rows: relays } = await sql`SELECT relay, down_why FROM relay_workers`.execute(db);
  return { deliveries: Object.fromEntries(rows.map(({ key, n }) => [key, n])), lanes, relays };
}
