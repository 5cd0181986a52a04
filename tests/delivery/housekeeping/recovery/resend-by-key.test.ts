import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { resendUnknownsByKey } from '../../../../src/delivery/housekeeping/recovery/resend-by-key.ts';
import type { RouteCandidate } from '../../../../src/delivery/relay/router.ts';
import { relaySettings } from '../../../helpers/relay-settings.ts';
import { useTestDatabase } from '../../../helpers/use-test-database.ts';
import { plannedIssue, rowsOf } from '../../../ledger/fixtures.ts';
import { makeContext } from '../fixtures.ts';

const database = useTestDatabase();

const candidate = (profile: string | null, name = 'main') =>
  ({
    weight: 1,
    dispatcher: {
      relay: {
        settings: relaySettings(0, { name, ...(profile && { profile: { name: profile, guessed: false } }) }),
      },
    },
  }) as unknown as RouteCandidate;

test.each([
  ['its one relay drops second copies', [candidate('resend')], 'planned'],
  ['its relay does not', [candidate('ses')], 'unknown'],
  ['nothing is known of its relay', [candidate(null)], 'unknown'],
  ['another relay may get the second copy', [candidate('resend'), candidate('resend', 'two')], 'unknown'],
  ['its relay is gone', [], 'unknown'],
])('a held unknown where %s', async (_where, candidates, state) => {
  const { db } = database;
  const { issue } = await plannedIssue(db, 1);
  await sql`UPDATE deliveries SET state = 'unknown', reason = 'worker-died' WHERE issue_id = ${issue}`.execute(
    db,
  );
  await sql`INSERT INTO attempts (issue_id, delivery_id, fence, outcome, stage)
    SELECT issue_id, id, 1, 'unknown', 'dot' FROM deliveries WHERE issue_id = ${issue}`.execute(db);
  const { context } = makeContext(db, { routes: { candidatesFor: () => candidates } });
  await resendUnknownsByKey.run(context);
  expect((await rowsOf(db, issue)).map((row) => row.state)).toEqual([state]);
  await sql`UPDATE issues SET state = 'cancelled' WHERE id = ${issue}`.execute(db);
});
