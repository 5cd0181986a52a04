import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { oldLaneStates } from '../../../../src/delivery/housekeeping/pruning/old-lane-states.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('what was learned of a lane over a day ago is forgotten, what was learned today is not', async () => {
  await sql`INSERT INTO lane_states (relay, lane, version, connections, held_until, updated_at)
    SELECT 'main', lane, 1, 2, clock_timestamp() - age::interval, clock_timestamp() - age::interval
    FROM (VALUES ('google', '25 hours'), ('yahoo', '23 hours')) AS l(lane, age)`.execute(db());
  await oldLaneStates.run(makeContext(db()).context);
  const states = await db()
    .selectFrom('lane_states')
    .select(['lane', 'connections'])
    .orderBy('lane')
    .execute();
  expect(states).toEqual([
    { lane: 'google', connections: null },
    { lane: 'yahoo', connections: 2 },
  ]);
});
