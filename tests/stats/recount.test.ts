import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { registerWorker } from '../../src/ledger/workers/leases.ts';
import { recounted } from '../../src/stats/recount.ts';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { mark, plannedIssue, rowsOf, settle, store } from '../ledger/fixtures.ts';

const database = useTestDatabase();

test('a recount agrees with the counters in the middle of a send, and says so when they do not', async () => {
  const { db } = database;
  const { issue } = await plannedIssue(db, 4);
  const worker = await registerWorker(db, 'w', 600_000);
  const [first, second] = await rowsOf(db, issue);
  for (const { id } of [first!, second!]) await mark(db, issue, worker, id);
  await store(db, issue, worker, settle(first!.id, 1));
  const counts = { audience: 4, accepted: 1, refused: 0, skipped: 0, unknown: 0, waiting: 3 };
  expect(await recounted(db, issue)).toEqual({ counts, agrees: true });
  await sql`UPDATE tallies SET planned = planned + 1, handing = handing - 1 WHERE issue_id = ${issue}
    AND shard = (SELECT min(shard) FROM tallies WHERE issue_id = ${issue})`.execute(db);
  expect(await recounted(db, issue)).toEqual({ counts, agrees: false });
});
