/**
 * The clock of this machine, against the database's, PUBLIC_URL's and a given one. Mails are dated by it: receivers
 * distrust a Date or a DKIM signature from the future.
 */
import { sql } from 'kysely';
import { type Check, error, type Finding, note, ok, warning } from '../check/check.ts';
import type { Situation } from '../check/situation.ts';
import { header } from '../web/reach.ts';

export const clockCheck: Check = {
  name: 'clock',
  limitMs: 15_000,
  async run(situation) {
    const { publicUrl } = situation.settings;
    const sources: (readonly [name: string, read: () => Promise<Reading>])[] = [
      ['the database', () => databaseClock(situation)],
      ['PUBLIC_URL', () => webClock(situation, `${publicUrl}/healthz`)],
    ];
    if (situation.timeSource)
      sources.push([situation.timeSource, () => webClock(situation, situation.timeSource!)]);
    return Promise.all(sources.map(([name, read]) => compare(name, read)));
  },
};

interface Reading {
  /** Its time minus ours. */
  aheadMs: number;
  /** By how much that may be wrong. */
  errorMs: number;
}

const TOLERABLE_MS = 2_000;
const GRAVE_MS = 60_000;

async function compare(name: string, read: () => Promise<Reading>): Promise<Finding> {
  const expected = `the same time as ${name}, within ${TOLERABLE_MS / 1_000} s`;
  const reading = await read().catch((cause: Error) => cause);
  if (reading instanceof Error)
    return note({ subject: name, expected, found: `no time to compare with: ${reading.message}` });
  const { aheadMs, errorMs } = reading;
  const off = Math.max(0, Math.abs(aheadMs) - errorMs);
  const found = `this machine is ${Math.abs(aheadMs / 1_000).toFixed(1)} s ${aheadMs > 0 ? 'behind' : 'ahead'}`;
  if (off < TOLERABLE_MS) return ok(name, expected, found);
  return (off < GRAVE_MS ? warning : error)({
    subject: name,
    expected,
    found,
    change: 'let NTP set the clock of whichever is wrong (timedatectl set-ntp true; chronyc tracking)',
  });
}

async function databaseClock(situation: Situation): Promise<Reading> {
  const { clock } = situation;
  const db = situation.db();
  // The first statement may have to open a connection.
  await sql`SELECT 1`.execute(db);
  const before = clock.now().getTime();
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db);
  const half = (clock.now().getTime() - before) / 2;
  return { aheadMs: rows[0]!.now.getTime() - (before + half), errorMs: half };
}

/** A Date header has whole seconds, cut off. */
async function webClock({ web, clock }: Situation, url: string): Promise<Reading> {
  const answer = await web.ask(url, { method: 'GET' });
  const date = new Date(header(answer, 'date')).getTime();
  if (Number.isNaN(date)) throw new Error('its answer has no Date');
  const half = answer.tookMs / 2;
  return { aheadMs: date + 500 - (clock.now().getTime() - half), errorMs: half + 500 };
}
