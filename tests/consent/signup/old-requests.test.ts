import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { deleteOldRequests } from '../../../src/consent/signup/old-requests.ts';
import { suppress } from '../../../src/consent/suppress.ts';
import type { Db } from '../../../src/db/connection.ts';
import { insertNewsletter } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { hoursLater, keys, requestSubscription } from '../fixtures.ts';

const database = useTestDatabase();
let db: Db;
let weekly: number;

beforeAll(async () => {
  db = database.db;
  weekly = await insertNewsletter(db, { slug: 'weekly' });
});
beforeEach(() => sql`DELETE FROM confirmation_requests`.execute(db));

const DAY = 24;

/** The mailboxes answered: nothing counts for longer than the budgets. */
const answered = () => sql`UPDATE confirmation_requests SET answered = true`.execute(db);

/** Newest first, as positions among all that were ever made here. */
const left = async () =>
  (await db.selectFrom('confirmation_requests').select('id').orderBy('id').execute()).length;

test('answered requests are forgotten when the longest budget is over, and not before', async () => {
  await requestSubscription(db, 'long-ago@example.org', weekly);
  await hoursLater(db, DAY);
  await requestSubscription(db, 'a-day-later@example.org', weekly);
  await hoursLater(db, 30 * DAY - 1);
  await answered();
  expect([await deleteOldRequests(db), await left()]).toEqual([1, 1]);
  await hoursLater(db, 3);
  await requestSubscription(db, 'now@example.org', weekly);
  expect([await deleteOldRequests(db), await left()]).toEqual([1, 1]);
});

test('unanswered ones count for a year', async () => {
  await requestSubscription(db, 'silent@example.org', weekly);
  await hoursLater(db, 364 * DAY);
  expect(await deleteOldRequests(db)).toBe(0);
  await hoursLater(db, 2 * DAY);
  expect([await deleteOldRequests(db), await left()]).toEqual([1, 0]);
});

test('an address that bounced has used up its budget until that is over, whatever was forgotten meanwhile', async () => {
  const bounced = { identity: 'full@example.org', newsletterId: null, source: 'test', until: null } as const;
  await db.transaction().execute((trx) => suppress(trx, keys, { ...bounced, reason: 'bounce' }));
  const outcome = async () => {
    await deleteOldRequests(db);
    return (await requestSubscription(db, 'full@example.org', weekly)).outcome;
  };
  expect(await outcome()).toBe('asked');
  await hoursLater(db, 30 * DAY - 1);
  expect(await outcome()).not.toBe('asked');
  await hoursLater(db, 2);
  expect(await outcome()).toBe('asked');
});

test('a backlog goes away page by page', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await requestSubscription(db, `${name}@example.org`, weekly);
  await hoursLater(db, 31 * DAY);
  await answered();
  await requestSubscription(db, 'now@example.org', weekly);
  const page = () => deleteOldRequests(db, 2);
  expect([await page(), await left()]).toEqual([2, 4]);
  const counts = await Promise.all([page(), page()]);
  expect(counts.every((count) => count <= 2)).toBe(true);
  expect([await page(), await page()].at(-1)).toBe(0);
  expect(await left()).toBe(1);
});
