import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { oldRequests } from '../../../../src/delivery/housekeeping/pruning/old-requests.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('who asked so long ago that no budget counts it is forgotten, also of a backlog of several pages', async () => {
  await sql`INSERT INTO confirmation_requests (identity, mailbox, newsletter_id, at, answered)
    SELECT 'old', 'old', 1, now() - interval '31 days', true FROM generate_series(1, 25000)
    UNION ALL SELECT 'new', 'new', 1, now() - interval '29 days', true`.execute(db());
  const { context, lines } = makeContext(db());
  await oldRequests.run(context);
  const left = await db().selectFrom('confirmation_requests').select('identity').execute();
  expect(left).toEqual([{ identity: 'new' }]);
  expect(lines).toMatchObject([{ level: 'debug', deleted: 25_000 }]);
});

test('a solved challenge is kept until it expires', async () => {
  await sql`INSERT INTO spent_challenges VALUES ('over', now() - interval '1 second'), ('fresh', now() + interval '1 hour')`.execute(
    db(),
  );
  await oldRequests.run(makeContext(db()).context);
  expect(await db().selectFrom('spent_challenges').select('challenge').execute()).toEqual([
    { challenge: 'fresh' },
  ]);
});
