import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHarness } from './harness.ts';
import { refused } from './refused.ts';

/** Everything that can be refused, on one database: each answer is located, helpful, and leaves nothing behind. */
test('bad input is refused with exit 1 and the way out, and nothing is half done', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(0);

  await refused(
    harness,
    [
      'issue',
      'import',
      await harness.file('a.md', '---\ntitle: "x\ndate: [\n---\n'),
      '--newsletter',
      'weekly',
    ],
    /a\.md:\d+.*error/,
  );
  await refused(
    harness,
    [
      'issue',
      'import',
      await harness.file('b.md', '---\ntitle: B\ndate: 2022-02-29\n---\nText'),
      '--newsletter',
      'weekly',
    ],
    /b\.md:3.*2022-02-29/,
  );
  await refused(
    harness,
    [
      'issue',
      'import',
      await harness.file('c.md', `# C\n\n${'word '.repeat(250_000)}`),
      '--newsletter',
      'weekly',
    ],
    /c\.md.*1,?000,?000|1 MB/i,
  );
  await refused(
    harness,
    ['issue', 'import', join(harness.folder, 'none.md'), '--newsletter', 'weekly'],
    /none\.md: cannot be read/,
  );
  await refused(
    harness,
    ['issue', 'import', await harness.file('d.md', '# D'), '--newsletter', 'weakly'],
    /there is no newsletter "weakly".*weekly/s,
  );
  expect(await harness.json('issue', 'list')).toEqual([]);

  const good = await harness.draft('good');
  await refused(harness, ['issue', 'send', good], /no confirmed subscribers/);
  await refused(harness, ['issue', 'send', 'weekly/none'], /there is no issue "weekly\/none"/);
  await refused(harness, ['issue', 'pause', good], /is draft; only a running send can be paused/);
  await refused(harness, ['issue', 'test', good, 'a@example.org,b@example.org'], /address/);
  await refused(harness, ['issue', 'test', good, 'a@example.org', '--as', 'who@example.org'], /nobody has/);
  await refused(
    harness,
    ['subscriber', 'add', 'a@example.org\u0007', '--newsletter', 'weekly'],
    /control|address/,
  );
  expect(await harness.status(good)).toMatchObject({ state: 'draft', counts: { audience: 0 } });
  expect(harness.sink.connections).toBe(0);

  expect((await harness.run('issue', 'sned', good)).code).toBe(2);
  expect((await harness.run('issue', 'deliveries', good, '--outcome', 'lost')).code).toBe(2);
  expect((await harness.run('issue', 'reconcile', good)).code).toBe(2);
});

test('a draft is replaced only on purpose, and only drafts are changed', async () => {
  const harness = await openHarness('database');
  await harness.run('migrate');
  await harness.newsletter(3);
  const issue = await harness.draft('one');
  const other = await harness.file('one.md', '---\ntitle: Another\ndate: 2026-11-27\n---\n\nText.\n');
  await refused(
    harness,
    ['issue', 'import', other, '--newsletter', 'weekly'],
    /another title and another date.*--replace/,
  );
  expect(await harness.json('issue', 'import', other, '--newsletter', 'weekly', '--replace')).toMatchObject({
    change: 'updated',
  });
  expect(await harness.json('issue', 'import', other, '--newsletter', 'weekly')).toMatchObject({
    change: 'unchanged',
  });
  await harness.up('worker');
  await harness.json('issue', 'send', issue);
  await harness.untilState(issue, 'sent');
  const changed = await harness.file('one.md', '---\ntitle: Another\ndate: 2026-11-27\n---\n\nOther text.\n');
  await refused(harness, ['issue', 'import', changed, '--newsletter', 'weekly'], /"one" is sent/);
});
