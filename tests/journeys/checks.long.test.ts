import { expect, test } from 'vitest';
import { openHarness } from './harness.ts';

test('check knows the newsletter: its address, its law, its readers; warnings never stop', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(2, '--postal-address', '', '--legal-profile', 'us,cn');
  const file = await harness.file(
    'two.md',
    '---\ntitle: Half price\ndate: 2026-11-20\ncommercial: true\n---\n\nHello {{reader.attributes.city}}, [x](#part).\n',
  );
  const strict = await harness.run('issue', 'check', file, '--newsletter', 'weekly', '--audience');
  expect(strict.code).toBe(1);
  expect(strict.stderr).toMatch(/two\.md:2: error: .*广告.*\(subject-no-ad-mark\)/);
  expect(strict.stderr).toMatch(/two\.md: error: .*--postal-address.*\(postal-address-missing\)/);
  expect(strict.stderr).toMatch(
    /two\.md:7: warning: 2 of 2 readers have no reader\.attributes\.city.*\(slot-empty\)/,
  );

  await harness.json('newsletter', 'set', 'weekly', '--legal-profile', 'eu');
  const mild = await harness.run('issue', 'check', file, '--newsletter', 'weekly', '--json');
  expect(mild.code).toBe(0);
  expect(JSON.parse(mild.stdout)).toMatchObject({ ok: true, messages: [{ line: 7, rule: 'link-anchor' }] });
  const imported = await harness.json('issue', 'import', file, '--newsletter', 'weekly');
  expect(imported).toMatchObject({ change: 'created', messages: [{ line: 7, rule: 'link-anchor' }] });
  expect(await harness.json('issue', 'send', 'weekly/two')).toMatchObject({
    state: 'sending',
    audit: [],
  });
});
