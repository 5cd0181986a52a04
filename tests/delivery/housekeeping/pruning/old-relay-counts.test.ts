import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { oldRelayCounts } from '../../../../src/delivery/housekeeping/pruning/old-relay-counts.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('counts go when no limit looks at them any more', async () => {
  await sql`INSERT INTO relay_counts (relay, span, bucket) SELECT name, span, clock_timestamp() - age::interval FROM (VALUES
    ('gone', 'minute', '6 minutes'), ('kept', 'minute', '4 minutes'), ('gone', 'hour', '4 hours'),
    ('kept', 'hour', '2 hours'), ('gone', 'day', '8 days'), ('kept', 'day', '6 days')) AS c(name, span, age)`.execute(
    db(),
  );
  await oldRelayCounts.run(makeContext(db()).context);
  const left = await db().selectFrom('relay_counts').select('relay').execute();
  expect(left.map(({ relay }) => relay)).toEqual(['kept', 'kept', 'kept']);
});
