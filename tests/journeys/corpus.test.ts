import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findNewsletter, newsletterView } from '../../src/audience/newsletters/newsletter.ts';
import { prepareIssue } from '../../src/authoring/prepare-issue.ts';
import { findIssue } from '../../src/issue/find.ts';
import { compileMessages } from '../../src/render/message/message.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { corpusFiles } from '../helpers/corpus.ts';
import { openHarness } from './harness.ts';

const { files, note, origin } = corpusFiles();

/** An hour that does not exist, and what only the generators of these sites know: an include, a link's data. */
const REFUSED = [
  '2024-04-14-update.md',
  '2015-12-06-issue-0.md',
  '2016-03-10-issue-13.md',
  '2017-04-20-issue-66.md',
  '2019-10-24-issue-146.md',
];

test(`every one of ${note} imports and renders, or answers with a located refusal`, async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(0);
  const ended = await harness.run(
    'issue',
    'import',
    ...files.map((file) => file.path),
    '--newsletter',
    'weekly',
    // The pictures of these sites are not beside the issues here.
    '--allow-missing-pictures',
    '--json',
  );
  const imported = JSON.parse(ended.stdout) as { issue: string; change: string }[];
  const refused = [...ended.stderr.matchAll(/^(.+?):(\d+):.*error: (.+)$/gm)];
  expect(imported.length + refused.length).toBeGreaterThanOrEqual(files.length);
  expect(new Set(refused.map((match) => match[1])).size + imported.length).toBe(files.length);
  if (origin === 'corpus')
    expect([...new Set(refused.map((match) => match[1]!.split('/').at(-1)))]).toEqual(REFUSED);
  expect(await findNewsletter(harness.db!, 'weekly').then(newsletterView)).toMatchObject({ slug: 'weekly' });
  for (const { issue } of imported) {
    const found = await findIssue(harness.db!, issue);
    const { edition } = await prepareIssue(
      harness.db!,
      { publicUrl: harness.url, mediaUrl: null, emails: new EmailFiles() },
      found,
    );
    const bytes = compileMessages(edition)({
      to: { name: 'Reader', address: 'reader@example.org' },
      reader: { email: 'reader@example.org', name: 'Reader', language: 'en', attributes: {} },
      links: { unsubscribe: `${harness.url}/unsubscribe/x` },
      messageId: '1.2.x@example.org',
      deliveryId: 'x',
      date: new Date(0),
    });
    expect(
      Math.max(
        ...bytes
          .toString('latin1')
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(998);
  }
});

test('192 posts that are all named index.md make 192 issues', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(0);
  const paths = await Promise.all(
    Array.from({ length: 192 }, async (_, n) => {
      const path = join(harness.folder, 'content', `weekly-${n}`, 'index.md');
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, '---\ntitle: The same title\n---\n\nText.\n');
      return path;
    }),
  );
  const imported = await harness.json<{ issue: string; change: string }[]>(
    'issue',
    'import',
    ...paths,
    '--newsletter',
    'weekly',
  );
  expect(new Set(imported.map((one) => one.issue)).size).toBe(192);
  expect(imported.every((one) => one.change === 'created')).toBe(true);
  const again = await harness.json<{ change: string }[]>(
    'issue',
    'import',
    ...paths,
    '--newsletter',
    'weekly',
  );
  expect(again.every((one) => one.change === 'unchanged')).toBe(true);
});
