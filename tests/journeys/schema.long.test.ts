import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openStage } from './stage.ts';

test('a newer release that only expanded leaves running processes at work', async () => {
  const stage = await openStage('database');
  await stage.up('worker');
  await stage.newsletter(10);
  await sql`INSERT INTO schema_versions (version, name, compatible) VALUES (99, 'expanded', 1)`.execute(
    stage.db!,
  );
  const issue = await stage.draft('one');
  await stage.json('issue', 'send', issue);
  const status = await stage.untilState(issue, 'sent');
  expect(status.counts.accepted).toBe(10);
});
