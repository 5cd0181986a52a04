import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { endedWorkers } from '../../../../src/delivery/housekeeping/pruning/ended-workers.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('workers go a day after their end', async () => {
  await sql`INSERT INTO workers (name, lease_until, ended_at) VALUES
    ('long gone', clock_timestamp(), clock_timestamp() - interval '25 hours'),
    ('just gone', clock_timestamp(), clock_timestamp() - interval '23 hours'),
    ('alive', clock_timestamp(), NULL)`.execute(db());
  await endedWorkers.run(makeContext(db()).context);
  const left = await db().selectFrom('workers').select('name').orderBy('id').execute();
  expect(left.map(({ name }) => name)).toEqual(['just gone', 'alive']);
});
