import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openHarness } from './harness.ts';

test('a newer release migrates under running processes: web and worker drain and say why', async () => {
  const harness = await openHarness('database');
  const running = await Promise.all([harness.up('web'), harness.up('worker')]);
  await sql`INSERT INTO schema_versions (version, name, compatible) VALUES (99, 'from the future', 99)`.execute(
    harness.db!,
  );
  for (const process of running) {
    const ended = await process.ended;
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(
      /the database has schema 99, which needs a Postrider that knows schema 99 or later/,
    );
  }
  const refused = await harness.run('newsletter', 'list');
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('Upgrade this process') });
});
