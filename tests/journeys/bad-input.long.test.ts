import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refused } from './refused.ts';
import { openStage } from './stage.ts';

/** Everything that can be refused, on one database: each answer is located, helpful, and leaves nothing behind. */
test('bad input is refused with exit 1 and the way out, and nothing is half done', async () => {
  const stage = await openStage('database');
  await stage.run('migrate');
  await stage.newsletter(0);

  await refused(
    stage,
    ['issue', 'import', await stage.file('a.md', '---\ntitle: "x\ndate: [\n---\n'), '--newsletter', 'weekly'],
    /a\.md:\d+.*error/,
  );
  await refused(
    stage,
    [
      'issue',
      'import',
      await stage.file('b.md', '---\ntitle: B\ndate: 2022-02-29\n---\nText'),
      '--newsletter',
      'weekly',
    ],
    /b\.md:3.*2022-02-29/,
  );
  await refused(
    stage,
    [
      'issue',
      'import',
      await stage.file('c.md', `# C\n\n${'word '.repeat(250_000)}`),
      '--newsletter',
      'weekly',
    ],
    /c\.md.*1,?000,?000|1 MB/i,
  );
  await refused(
    stage,
    ['issue', 'import', join(stage.folder, 'none.md'), '--newsletter', 'weekly'],
    /none\.md: cannot be read/,
  );
  await refused(
    stage,
    ['issue', 'import', await stage.file('d.md', '# D'), '--newsletter', 'weakly'],
    /there is no newsletter "weakly".*weekly/s,
  );
  expect(await stage.json('issue', 'list')).toEqual([]);

  const good = await stage.draft('good');
  await refused(stage, ['issue', 'send', good], /no confirmed subscribers/);
  await refused(stage, ['issue', 'send', 'weekly/none'], /there is no issue "weekly\/none"/);
  await refused(stage, ['issue', 'pause', good], /is draft, only a running send can be paused/);
  await refused(stage, ['issue', 'test', good, 'a@example.org,b@example.org'], /address/);
  await refused(stage, ['issue', 'test', good, 'a@example.org', '--as', 'who@example.org'], /nobody has/);
  await refused(
    stage,
    ['subscriber', 'add', 'a@example.org\u0007', '--newsletter', 'weekly'],
    /control|address/,
  );
  expect(await stage.status(good)).toMatchObject({ state: 'draft', counts: { audience: 0 } });
  expect(stage.sink.connections).toBe(0);

  expect((await stage.run('issue', 'sned', good)).code).toBe(2);
  expect((await stage.run('issue', 'deliveries', good, '--outcome', 'lost')).code).toBe(2);
  expect((await stage.run('issue', 'reconcile', good)).code).toBe(2);
});

test('a draft is replaced only on purpose, and only drafts are changed', async () => {
  const stage = await openStage('database');
  await stage.run('migrate');
  await stage.newsletter(3);
  const issue = await stage.draft('one');
  const other = await stage.file('one.md', '---\ntitle: Another\ndate: 2026-11-27\n---\n\nText.\n');
  await refused(
    stage,
    ['issue', 'import', other, '--newsletter', 'weekly'],
    /another title and another date.*--replace/,
  );
  expect(await stage.json('issue', 'import', other, '--newsletter', 'weekly', '--replace')).toMatchObject({
    change: 'updated',
  });
  expect(await stage.json('issue', 'import', other, '--newsletter', 'weekly')).toMatchObject({
    change: 'unchanged',
  });
  await stage.up('worker');
  await stage.json('issue', 'send', issue);
  await stage.untilState(issue, 'sent');
  const changed = await stage.file('one.md', '---\ntitle: Another\ndate: 2026-11-27\n---\n\nOther text.\n');
  await refused(stage, ['issue', 'import', changed, '--newsletter', 'weekly'], /"one" is sent/);
});
