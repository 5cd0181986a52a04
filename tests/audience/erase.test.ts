import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { eraseSubscriber } from '../../src/audience/erase.ts';
import { showSubscriber } from '../../src/audience/subscriber.ts';
import { importText, keys, useDatabase } from './setting.ts';

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
    'confirmation_asks',
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

it('of somebody unknown is refused', async () => {
  await expect(eraseSubscriber(setting().db, keys, clock, 'nobody@example.org')).rejects.toMatchObject({
    code: 'unknown-subscriber',
  });
});
