import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { eraseSubscriber } from '../../src/audience/erase.ts';
import { showSubscriber } from '../../src/audience/subscriber.ts';
import { anonymizeSettled } from '../../src/ledger/anonymize.ts';
import { importText, keys, useDatabase } from './fixtures.ts';

const setting = useDatabase();
const clock = { monotonic: () => performance.now(), sleep: async () => {} };
const gone = 'gone@example.org';

/** An issue whose send had one mail accepted, and another whose mail still waits. */
async function mails(newsletterId: number): Promise<void> {
  const { db } = setting();
  for (const [slug, state] of [
    ['sent', 'accepted'],
    ['running', 'deferred'],
  ]) {
    await sql`
      WITH issue AS (
        INSERT INTO issues (newsletter_id, slug, state, title, language, source, source_name)
        VALUES (${newsletterId}, ${slug}, 'sending', 't', 'en', '', 'x.md') RETURNING id
      ), mail AS (
        INSERT INTO deliveries (issue_id, key, newsletter_id, subscriber_id, email, lane, state, reply)
        SELECT issue.id, p.identity, ${newsletterId}, p.id, p.email, 'other', ${state}::delivery_state, '250 ok ' || p.email
        FROM issue, subscribers p RETURNING issue_id, id, email
      )
      INSERT INTO attempts (issue_id, delivery_id, fence, outcome, reply)
      SELECT issue_id, id, 1, 'deferred', '450 ' || email FROM mail`.execute(db);
  }
}

async function everythingStored(): Promise<string> {
  const tables = [
    'subscribers',
    'suppressions',
    'deliveries',
    'attempts',
    'consent_records',
    'confirmation_requests',
    'pending_anonymizations',
  ];
  const texts: string[] = [];
  for (const table of tables) {
    const { rows } = await sql`SELECT * FROM ${sql.table(table)}`.execute(setting().db);
    texts.push(JSON.stringify(rows));
  }
  return texts.join('\n');
}

it('leaves no trace of the address, sums that add up, and a hash that keeps imports out', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  await importText(db, weekly, `email,name\n${gone},Gone\nstays@example.org,Stays\n`);
  await mails(weekly.id);
  expect(await everythingStored()).toMatch(gone);

  await eraseSubscriber(db, keys, clock, 'GONE@example.org');

  expect(await everythingStored()).not.toMatch(/gone/i);
  expect(await everythingStored()).toMatch('stays@example.org');
  const { rows } = await sql<{ slug: string; state: string; mails: number }>`
    SELECT i.slug, d.state, count(*) AS mails FROM deliveries d JOIN issues i ON i.id = d.issue_id
    GROUP BY 1, 2 ORDER BY 1, 2`.execute(db);
  expect(rows).toEqual([
    { slug: 'running', state: 'deferred', mails: 1 },
    { slug: 'running', state: 'skipped', mails: 1 },
    { slug: 'sent', state: 'accepted', mails: 2 },
  ]);
  expect((await showSubscriber(db, keys, gone)).suppressions).toMatchObject([{ reason: 'erased' }]);
  expect(await importText(db, weekly, `email\n${gone}\n`)).toMatchObject({ added: 0, keptOut: 1 });
});

it('a mail that hangs on the wire is forgotten when it has settled, and is not tried again', async () => {
  const { db, newsletter } = setting();
  const weekly = await newsletter();
  const slow = 'slow@example.org';
  await importText(db, weekly, `email\n${slow}\n`);
  await mails(weekly.id);
  const theirs = sql`d.newsletter_id = ${weekly.id} AND d.key <> 'stays@example.org'`;
  await sql`UPDATE deliveries d SET state = 'handing', fence = 1 WHERE ${theirs}`.execute(db);
  let now = 0;
  const steps = {
    monotonic: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const left = async () => {
    const { rows } = await sql`
      SELECT d.state, d.email <> '' AS named FROM deliveries d JOIN issues i ON i.id = d.issue_id
      WHERE ${theirs} ORDER BY i.slug`.execute(db);
    return rows;
  };

  await eraseSubscriber(db, keys, steps, slow);
  await anonymizeSettled(db);
  expect(await left()).toEqual([
    { state: 'handing', named: true },
    { state: 'handing', named: true },
  ]);

  await sql`UPDATE deliveries d SET state = CASE i.slug WHEN 'sent' THEN 'unknown' ELSE 'deferred' END::delivery_state,
    due_at = clock_timestamp(), moved_at = clock_timestamp() FROM issues i WHERE i.id = d.issue_id AND ${theirs}`.execute(
    db,
  );
  await anonymizeSettled(db);
  expect(await left()).toEqual([
    { state: 'skipped', named: false },
    { state: 'unknown', named: false },
  ]);

  // The reply comes after all.
  await sql`UPDATE deliveries d SET state = 'accepted', reply = ${`250 ok ${slow}`} WHERE ${theirs} AND state = 'unknown'`.execute(
    db,
  );
  await anonymizeSettled(db);
  expect(await everythingStored()).not.toMatch(/slow/i);
  expect((await sql`SELECT FROM pending_anonymizations`.execute(db)).rows).toEqual([]);
});

it('of somebody unknown is refused', async () => {
  await expect(eraseSubscriber(setting().db, keys, clock, 'nobody@example.org')).rejects.toMatchObject({
    code: 'unknown-subscriber',
  });
});
