import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openHarness } from './harness.ts';

test('a newer release that only expanded leaves running processes at work', async () => {
  const harness = await openHarness('database');
  await harness.up('worker');
  await harness.newsletter(10);
  await sql`INSERT INTO schema_versions (version, name, compatible) VALUES (99, 'expanded', 1)`.execute(
    harness.db!,
  );
  const issue = await harness.draft('one');
  await harness.json('issue', 'send', issue);
  const status = await harness.untilState(issue, 'sent');
  expect(status.counts.accepted).toBe(10);
});
