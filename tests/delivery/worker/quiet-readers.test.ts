/** Quiet hours: nothing is handed over in them, and all of it after them. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '../../../src/db/connection.ts';
import { issueStatus } from '../../../src/stats/status.ts';
import { until } from '../../helpers/until.ts';
import { openLaneHarness } from '../harness.ts';

const HOUR = 3_600_000;
/** Local time at an hour's distance from now, in UTC. */
const clock = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString().slice(11, 16);
const quietHoursNow = () => `${clock(-2)}-${clock(3)}`;

const setQuiet = (db: Db, quiet: string | null, zone: 'newsletter' | 'reader', timezone = 'UTC') =>
  sql`UPDATE newsletters SET quiet = ${quiet}, quiet_zone = ${zone}, timezone = ${timezone}`.execute(db);

test("in the newsletter's quiet hours nothing goes out, but service mails; then all of it does", async () => {
  const harness = await openLaneHarness({
    workers: 2,
    prepare: (db) => setDefaultQuiet(db, quietHoursNow()),
  });
  const issue = await harness.send('one', { 'gmail.com': 10, 'example.org': 10 });
  const status = await until('the send says that it waits', async () => {
    const now = await issueStatus(harness.db, issue);
    return now.waitsFor === null ? null : now;
  });
  expect(status).toMatchObject({
    waitsFor: 'quiet hours of the newsletter',
    counts: { accepted: 0, waiting: 20 },
  });
  const hours = (Date.parse(status.waitsUntil!) - Date.now()) / HOUR;
  expect(hours).toBeGreaterThan(2.9);
  expect(hours).toBeLessThan(3.1);
  await harness.serviceMail('somebody@example.com');
  await until('the service mail is out', () => harness.sink.accepted.length === 1);
  await setQuiet(harness.db, `${clock(3)}-${clock(5)}`, 'newsletter');
  await harness.untilSent(issue);
  expect(harness.sink.counts().size).toBe(21);
  expect((await issueStatus(harness.db, issue)).waitsFor).toBeNull();
});

test("by readers' clocks, those for whom it is quiet are due when it ends, and the others go", async () => {
  const harness = await openLaneHarness({ workers: 2 });
  // Quiet in UTC from two hours ago to in three hours; it is elsewhere no earlier than nine hours later.
  const issue = await harness.send('one', { 'gmail.com': 0 });
  await sql`UPDATE issues SET state = 'cancelled' WHERE id = ${issue}`.execute(harness.db);
  await setDefaultQuiet(harness.db, quietHoursNow(), 'reader');
  await zonesOfNewPeople(harness.db);
  const one = await harness.send('two', { 'quiet.example': 8, 'awake.example': 8, 'nowhere.example': 4 });
  await until('those who are awake have it, and the others are put off', async () => {
    const { counts, deferred } = await issueStatus(harness.db, one);
    return counts.accepted === 8 && deferred === 12;
  });
  const { rows } = await sql<{
    state: string;
    reason: string;
    domain: string;
    hours: number;
    attempts: number;
  }>`
    SELECT state, reason, split_part(key, '@', 2) AS domain, round(extract(epoch FROM due_at - clock_timestamp()) / 3600)::int AS hours, attempts
    FROM deliveries WHERE issue_id = ${one} AND state <> 'accepted' GROUP BY 1, 2, 3, 4, 5 ORDER BY 3`.execute(
    harness.db,
  );
  const off = { state: 'deferred', reason: 'quiet-hours', hours: 3, attempts: 0 };
  // A zone that nobody knows counts as the newsletter's.
  expect(rows).toEqual([
    { ...off, domain: 'nowhere.example' },
    { ...off, domain: 'quiet.example' },
  ]);
  expect(harness.sink.accepted.every(({ to }) => to.endsWith('@awake.example'))).toBe(true);
  await setQuiet(harness.db, null, 'reader');
  await sql`UPDATE deliveries SET due_at = clock_timestamp() WHERE issue_id = ${one} AND state = 'deferred'`.execute(
    harness.db,
  );
  await harness.untilSent(one);
  expect(harness.sink.doubles()).toEqual([]);
  expect(harness.sink.accepted).toHaveLength(20);
});

/** Newsletters of the stage are made with the send. */
async function setDefaultQuiet(
  db: Db,
  quiet: string,
  zone: 'newsletter' | 'reader' = 'newsletter',
): Promise<void> {
  await sql.raw(`ALTER TABLE newsletters ALTER COLUMN quiet SET DEFAULT '${quiet}'`).execute(db);
  await sql.raw(`ALTER TABLE newsletters ALTER COLUMN quiet_zone SET DEFAULT '${zone}'`).execute(db);
}

/** People get a time zone by their domain as they are made. */
async function zonesOfNewPeople(db: Db): Promise<void> {
  await sql
    .raw(
      `CREATE FUNCTION give_zone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         NEW.timezone := CASE split_part(NEW.identity, '@', 2)
           WHEN 'awake.example' THEN 'Pacific/Kiritimati' WHEN 'nowhere.example' THEN 'Middle/Earth' END;
         RETURN NEW; END $$;
       CREATE TRIGGER give_zone BEFORE INSERT ON subscribers FOR EACH ROW EXECUTE FUNCTION give_zone()`,
    )
    .execute(db);
}
