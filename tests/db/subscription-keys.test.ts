/** Triggers keep what foreign keys promised between newsletters, subscribers, subscriptions and consent records. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';

const database = useTestDatabase();

const subscribe = (newsletter: number, subscriber: number) =>
  sql`INSERT INTO subscriptions (newsletter_id, subscriber_id, state) VALUES (${newsletter}, ${subscriber}, 'pending')`.execute(
    database.db,
  );

test('a subscription names a newsletter and a subscriber who exist', async () => {
  const { db } = database;
  const weekly = await insertNewsletter(db);
  const ann = await insertSubscriber(db, 'ann@example.org', weekly);
  await expect(subscribe(999_999, ann)).rejects.toMatchObject({ code: '23503' });
  await expect(subscribe(weekly, 999_999)).rejects.toMatchObject({ code: '23503' });
  await expect(subscribe(await insertNewsletter(db), ann)).resolves.toBeDefined();
});

test('a deleted subscriber takes the subscriptions along, and lets go of the consent records', async () => {
  const { db } = database;
  const weekly = await insertNewsletter(db);
  const bob = await insertSubscriber(db, 'bob@example.org', weekly);
  await sql`INSERT INTO consent_records (subscriber_id, newsletter_id, step, source) VALUES (${bob}, ${weekly}, 'imported', 'x')`.execute(
    db,
  );
  await db.deleteFrom('subscribers').where('id', '=', bob).execute();
  const { rows } = await sql<{ left: number; kept: number }>`SELECT
    (SELECT count(*)::int FROM subscriptions WHERE subscriber_id = ${bob}) AS left,
    (SELECT count(*)::int FROM consent_records WHERE newsletter_id = ${weekly} AND subscriber_id IS NULL) AS kept`.execute(
    db,
  );
  expect(rows).toEqual([{ left: 0, kept: 1 }]);
});

test('a newsletter with people cannot be deleted', async () => {
  const { db } = database;
  const weekly = await insertNewsletter(db);
  await insertSubscriber(db, 'cat@example.org', weekly);
  await expect(db.deleteFrom('newsletters').where('id', '=', weekly).execute()).rejects.toMatchObject({
    code: '23503',
  });
});

test('somebody who subscribes while their row is deleted waits, and is refused', async () => {
  const { db } = database;
  const [weekly, monthly] = [await insertNewsletter(db), await insertNewsletter(db)];
  const dan = await insertSubscriber(db, 'dan@example.org', weekly);
  let commit = () => {};
  const deleted = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const deleting = db.transaction().execute(async (trx) => {
    await trx.deleteFrom('subscribers').where('id', '=', dan).execute();
    await deleted;
  });
  const late = subscribe(monthly, dan).catch((error: { code: string }) => error.code);
  await sql`SELECT 1`.execute(db);
  commit();
  await deleting;
  expect(await late).toBe('23503');
});
