import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { refused } from './refused.ts';
import { openStage } from './stage.ts';

/** Everything that can be refused, on one database: each answer is located, helpful, and leaves nothing behind. */
test('draft: true stops a send', async () => {
  const stage = await openStage('database');
  await stage.run('migrate');
  await stage.newsletter(1);
  const path = await stage.file('wip.md', '---\ntitle: WIP\ndraft: true\n---\n\nText.\n');
  await stage.json('issue', 'import', path, '--newsletter', 'weekly');
  await refused(stage, ['issue', 'send', 'weekly/wip'], /draft: true/);
});

test('a template that does not compile is refused by file and line, before anything is frozen', async () => {
  const stage = await openStage('database');
  await stage.run('migrate');
  await stage.newsletter(2);
  const issue = await stage.draft('one');
  const overlay = join(stage.folder, 'emails');
  const block = join(overlay, 'blocks/quote.mjml');
  await mkdir(dirname(block), { recursive: true });
  await writeFile(block, '<mj-text>\n  {{#if block.x}}\n</mj-text>\n');
  stage.env.EMAILS_DIR = overlay;
  const quoting = await stage.file('two.md', '# Two\n\n> A quote.\n');
  await stage.json('issue', 'import', quoting, '--newsletter', 'weekly');
  await refused(stage, ['issue', 'send', 'weekly/two'], /quote\.mjml:\d/);
  expect(await stage.status(issue)).toMatchObject({ state: 'draft' });
});

test('settings are checked together: every fault by its name, in one message, and no secret in it', async () => {
  const stage = await openStage('database');
  Object.assign(stage.env, {
    PORT: 'seven',
    SMTP_URL: 'smtp://u:geheim@h?pool=x',
    POSTRIDER_SECRET: 'short',
    NODE_ENV: 'production',
    PUBLIC_URL: 'http://x.example',
  });
  const ended = await stage.run('newsletter', 'list');
  expect(ended.code).toBe(1);
  for (const name of ['PORT', 'SMTP_URL', 'POSTRIDER_SECRET', 'PUBLIC_URL'])
    expect(ended.stderr).toContain(name);
  expect(ended.stderr).not.toContain('geheim');
});
