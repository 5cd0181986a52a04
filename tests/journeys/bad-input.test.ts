import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openHarness } from './harness.ts';
import { refused } from './refused.ts';

/** Everything that can be refused, on one database: each answer is located, helpful, and leaves nothing behind. */
test('draft: true stops a send', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(1);
  const path = await harness.file('wip.md', '---\ntitle: WIP\ndraft: true\n---\n\nText.\n');
  await harness.json('issue', 'import', path, '--newsletter', 'weekly');
  await refused(harness, ['issue', 'send', 'weekly/wip'], /draft: true/);
});

test('a template that does not compile is refused by file and line, before anything is frozen', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(2);
  const issue = await harness.draft('one');
  const overlay = join(harness.folder, 'emails');
  const block = join(overlay, 'blocks/quote.mjml');
  await mkdir(dirname(block), { recursive: true });
  await writeFile(block, '<mj-text>\n  {{#if block.x}}\n</mj-text>\n');
  harness.env.EMAILS_DIR = overlay;
  const quoting = await harness.file('two.md', '# Two\n\n> A quote.\n');
  await harness.json('issue', 'import', quoting, '--newsletter', 'weekly');
  await refused(harness, ['issue', 'send', 'weekly/two'], /quote\.mjml:\d/);
  expect(await harness.status(issue)).toMatchObject({ state: 'draft' });
});

test('settings are checked together: every fault by its name, in one message, and no secret in it', async () => {
  const harness = await openHarness('database');
  Object.assign(harness.env, {
    PORT: 'seven',
    SMTP_URL: 'smtp://u:geheim@h?pool=x',
    POSTRIDER_SECRET: 'short',
    NODE_ENV: 'production',
    PUBLIC_URL: 'http://x.example',
  });
  const ended = await harness.run('newsletter', 'list');
  expect(ended.code).toBe(1);
  for (const name of ['PORT', 'SMTP_URL', 'POSTRIDER_SECRET', 'PUBLIC_URL'])
    expect(ended.stderr).toContain(name);
  expect(ended.stderr).not.toContain('geheim');
});
