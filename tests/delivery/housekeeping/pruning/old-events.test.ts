import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { oldEvents } from '../../../../src/delivery/housekeeping/pruning/old-events.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();

test('the ids of events that nobody repeats any more are deleted, also of a backlog of several pages', async () => {
  const { db } = database;
  await sql`INSERT INTO feedback_keys (provider, key_hash) VALUES ('postmark', 'x')`.execute(db);
  await sql`INSERT INTO provider_events (key_id, event_id, received_at)
    SELECT k.id, n::text, now() - interval '15 days' FROM feedback_keys k, generate_series(1, 25000) n
    UNION ALL SELECT k.id, 'new', now() - interval '13 days' FROM feedback_keys k`.execute(db);
  const { context, lines } = makeContext(db);
  await oldEvents.run(context);
  expect(await db.selectFrom('provider_events').select('event_id').execute()).toEqual([{ event_id: 'new' }]);
  expect(lines).toMatchObject([{ level: 'debug', deleted: 25_000 }]);
});
