import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { warmUps } from '../../../../src/delivery/housekeeping/sends/warm-ups.ts';
import { startWarmUp, warmUpOf } from '../../../../src/ledger/relays/warm-up.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();
const db = () => database.db;

test("when a step's day went well the relay takes the next step, and before its end it does not", async () => {
  for (const [relay, hours] of Object.entries({ over: 25, fresh: 23 })) {
    const since = new Date(Date.now() - hours * 3_600_000);
    await startWarmUp(db(), relay, [40, 100], { stage: 1, since });
    await sql`INSERT INTO relay_counts (relay, span, bucket, begun) VALUES (${relay}, 'day', clock_timestamp(), 40)`.execute(
      db(),
    );
  }
  const { context, lines } = makeContext(db());
  await warmUps.run(context);
  expect([(await warmUpOf(db(), 'over'))!.stage, (await warmUpOf(db(), 'fresh'))!.stage]).toEqual([2, 1]);
  expect(lines).toMatchObject([{ level: 'info', relay: 'over', stage: 2, held: null }]);
});
