import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { deleteUnconfirmed } from '../../../src/consent/signup/unconfirmed.ts';
import type { Db } from '../../../src/db/connection.ts';
import { insertNewsletter, insertSubscriber } from '../../helpers/rows.ts';
import { useTestDatabase } from '../../helpers/use-test-database.ts';
import { hoursLater, requestSubscription, subscriptionOf } from '../fixtures.ts';

const database = useTestDatabase();
let db: Db;
let weekly: number;

beforeAll(async () => {
  db = database.db;
  weekly = await insertNewsletter(db, { slug: 'weekly' });
});

const daysLater = async (days: number) => {
  await sql`UPDATE subscriptions SET requested_at = requested_at - make_interval(days => ${days}::int)`.execute(
    db,
  );
  await hoursLater(db, days * 24);
};

/** Every text in the database that contains the word. */
async function traces(word: string): Promise<string[]> {
  const { rows } = await sql<{
    name: string;
  }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`.execute(db);
  const found: string[] = [];
  for (const { name } of rows) {
    const { rows: hits } =
      await sql`SELECT FROM ${sql.table(name)} t WHERE t::text ILIKE ${`%${word}%`}`.execute(db);
    if (hits.length > 0) found.push(name);
  }
  return found;
}

test('who never confirmed is gone after seven days, without a trace of the address; the caps go on', async () => {
  await requestSubscription(db, 'never-said-yes@example.org', weekly, { name: 'Never Said' });
  await daysLater(6);
  expect(await deleteUnconfirmed(db)).toBe(0);
  await daysLater(2);
  expect(await deleteUnconfirmed(db)).toBe(1);
  expect(await traces('never')).toEqual([]);
  for (let n = 0; n < 2; n++) {
    await requestSubscription(db, 'never-said-yes@example.org', weekly);
    await daysLater(8);
    await deleteUnconfirmed(db);
  }
  expect(await requestSubscription(db, 'never-said-yes@example.org', weekly)).toMatchObject({
    outcome: 'capped',
    budget: 'unanswered',
  });
});

test('who asked again counts from then', async () => {
  await requestSubscription(db, 'again@example.org', weekly);
  await daysLater(6);
  await requestSubscription(db, 'again@example.org', weekly);
  await daysLater(2);
  await deleteUnconfirmed(db);
  expect((await subscriptionOf(db, 'again@example.org', weekly))?.state).toBe('pending');
});

test('who had left is known as having left again', async () => {
  await insertSubscriber(db, 'left@example.org', weekly, 'unsubscribed');
  await requestSubscription(db, 'left@example.org', weekly);
  await daysLater(8);
  await deleteUnconfirmed(db);
  expect(await subscriptionOf(db, 'left@example.org', weekly)).toMatchObject({
    state: 'unsubscribed',
    left_by: 'reader',
  });
});

test('readers of another newsletter, and people who were imported as pending, stay', async () => {
  const daily = await insertNewsletter(db, { slug: 'daily' });
  await insertSubscriber(db, 'reader@example.org', daily, 'confirmed');
  await insertSubscriber(db, 'imported@example.org', weekly, 'pending');
  await requestSubscription(db, 'reader@example.org', weekly);
  await daysLater(8);
  await deleteUnconfirmed(db);
  expect(await subscriptionOf(db, 'reader@example.org', weekly)).toBeUndefined();
  expect((await subscriptionOf(db, 'reader@example.org', daily))?.state).toBe('confirmed');
  expect((await subscriptionOf(db, 'imported@example.org', weekly))?.state).toBe('pending');
});
