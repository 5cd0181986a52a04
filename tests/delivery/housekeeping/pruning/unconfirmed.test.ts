import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { unconfirmed } from '../../../../src/delivery/housekeeping/pruning/unconfirmed.ts';
import { insertNewsletter } from '../../../helpers/rows.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();

test('sign-ups that nobody confirmed go, also of a backlog of several pages', async () => {
  const { db } = database;
  const newsletter = await insertNewsletter(db);
  await sql`WITH people AS (
      INSERT INTO subscribers (identity, email) SELECT n || '@example.org', n || '@example.org' FROM generate_series(1, 1200) n
      RETURNING id
    ) INSERT INTO subscriptions (newsletter_id, subscriber_id, state, request_key, requested_at)
      SELECT ${newsletter}, id, 'pending', 1, now() - interval '8 days' FROM people`.execute(db);
  const { context, lines } = makeContext(db);
  await unconfirmed.run(context);
  expect(await db.selectFrom('subscribers').select('id').execute()).toEqual([]);
  expect(lines).toMatchObject([{ level: 'info', deleted: 1200 }]);
});
