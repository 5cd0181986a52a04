import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { laneProgress } from '../../../../src/delivery/housekeeping/sends/lane-progress.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test('every lane of a running send is sampled, once a sweep however many workers look', async () => {
  const { issue } = await plannedIssue(db(), 2);
  await sql`UPDATE deliveries SET state = 'accepted' WHERE issue_id = ${issue}`.execute(db());
  const { context } = makeContext(db());
  for (let worker = 0; worker < 3; worker += 1) await laneProgress.run(context);
  const samples = await db().selectFrom('lane_samples').select(['issue_id', 'lane', 'settled']).execute();
  expect(samples).toEqual([{ issue_id: issue, lane: 'other', settled: 2 }]);
});
