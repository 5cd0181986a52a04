import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { alarmsOf } from '../../../src/ledger/feedback/alarms.ts';
import { countsByLane, countsByRelay, countsOfIssue } from '../../../src/ledger/feedback/rates.ts';
import { issueStatus } from '../../../src/stats/status.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { plannedIssue } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

/** An issue that 1,000 readers got by the relay `main`; 60 addresses were bad, 2 people complained, 5 left by its link. */
async function received(): Promise<number> {
  const { issue } = await plannedIssue(db(), 1_000);
  await sql`UPDATE deliveries SET state = 'accepted', relay = 'main' WHERE issue_id = ${issue}`.execute(db());
  await sql`UPDATE sends SET route = 'main' WHERE issue_id = ${issue}`.execute(db());
  const note = (word: string, from: number, to: number) =>
    sql`UPDATE deliveries SET feedback = ${word} WHERE issue_id = ${issue} AND id IN (
      SELECT id FROM deliveries WHERE issue_id = ${issue} ORDER BY id OFFSET ${from} LIMIT ${to - from})`.execute(
      db(),
    );
  await note('bounced', 0, 60);
  await note('complained', 60, 62);
  await note('blocked', 62, 65);
  await sql`INSERT INTO consent_records (subscriber_id, newsletter_id, step, source, delivery_issue_id, delivery_id)
    SELECT subscriber_id, newsletter_id, 'unsubscribed', 'one-click', issue_id, id FROM deliveries
    WHERE issue_id = ${issue} ORDER BY id DESC LIMIT 5`.execute(db());
  return issue;
}

test('what came back is counted by issue, lane and relay', async () => {
  const issue = await received();
  const counts = { accepted: 1_000, bounced: 60, blocked: 3, complained: 2, unsubscribed: 5 };
  expect(await countsOfIssue(db(), issue)).toEqual([{ name: 'other', ...counts }]);
  expect(await countsByLane(db())).toEqual([{ name: 'other', ...counts }]);
  expect(await countsByRelay(db())).toEqual([{ name: 'main', ...counts }]);
  expect((await issueStatus(db(), issue)).feedback).toMatchObject({
    ...counts,
    bounceRate: 6,
    complaintRate: 0.2,
    unsubscribeRate: 0.5,
    alarms: [
      { what: 'complaints', level: 'warning', percent: 0.2, limit: 0.1 },
      { what: 'bounces', level: 'alarm', percent: 6, limit: 5 },
    ],
  });
});

test('a relay that shared an issue with another is counted by its own mails', async () => {
  const issue = await received();
  await sql`UPDATE sends SET route = 'main:1,backup:1' WHERE issue_id = ${issue}`.execute(db());
  await sql`UPDATE deliveries SET relay = 'backup' WHERE issue_id = ${issue} AND id IN (
    SELECT id FROM deliveries WHERE issue_id = ${issue} ORDER BY id DESC LIMIT 400)`.execute(db());
  const byRelay = new Map((await countsByRelay(db())).map(({ name, ...counts }) => [name, counts]));
  expect(byRelay.get('backup')).toEqual({
    accepted: 400,
    bounced: 0,
    blocked: 0,
    complained: 0,
    unsubscribed: 5,
  });
});

test.each([
  ['0.3 % complaints', { accepted: 10_000, complained: 30, bounced: 0 }, ['alarm 0.3']],
  ['0.1 % complaints', { accepted: 10_000, complained: 10, bounced: 0 }, ['warning 0.1']],
  ['less', { accepted: 10_000, complained: 9, bounced: 199 }, []],
  ['one person of a few', { accepted: 300, complained: 1, bounced: 0 }, []],
  ['a small issue', { accepted: 100, complained: 5, bounced: 50 }, []],
])('%s', (_, counts, raised) => {
  const alarms = alarmsOf({ blocked: 0, unsubscribed: 0, ...counts });
  expect(alarms.map(({ level, limit }) => `${level} ${limit}`)).toEqual(raised);
});
