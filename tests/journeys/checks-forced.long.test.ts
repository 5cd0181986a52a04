import { expect, test } from 'vitest';
import { openHarness, type Status } from './harness.ts';

interface Audited extends Status {
  audit: { at: string; who: string; act: string; details: { rules: string[]; edition: string } }[];
}

test('an error stops a send by file and line; forced, it is sent and the log says what was overridden', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(2);
  const issue = await harness.draft(
    'one',
    'Hello {{reader.attributes.city}}, read [this](TODO) and [that](TODO).\n\n[x](#part)',
  );

  const stopped = await harness.run('issue', 'send', issue);
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toMatch(/one\.md:6: error: the link "TODO" is a placeholder \(link-placeholder\)/);
  expect(stopped.stderr).toContain('--force');
  expect(stopped.stderr).not.toContain('link-anchor');
  expect(await harness.db!.selectFrom('issues').select('state').execute()).toEqual([{ state: 'draft' }]);
  expect(await harness.db!.selectFrom('audit_log').selectAll().execute()).toEqual([]);

  const forced = await harness.json<Audited>('issue', 'send', issue, '--force');
  expect(forced).toMatchObject({
    state: 'sending',
    audit: [{ who: 'cli', act: 'send-forced', details: { rules: ['link-placeholder'] } }],
  });
});
