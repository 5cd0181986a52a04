/** The whole list over whole issues: what an editor would read. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AuthoringContext, placeholderNewsletter } from '../../src/authoring/render/context.ts';
import { readFile } from '../../src/authoring/render/read.ts';
import { renderAndCheck } from '../../src/authoring/render/render.ts';
import { errorsIn } from '../../src/checks/check-issue.ts';
import { readSource } from '../../src/cli/issue/read-source.ts';
import { diskFolders } from '../../src/io/files.ts';
import { seedIssue } from '../helpers/corpus.ts';
import { root } from '../helpers/processes.ts';
import { builtIn } from './harness.ts';

async function messagesOf(file: string, theme = 'default') {
  const view = { ...placeholderNewsletter('en'), theme };
  const context: AuthoringContext = {
    view,
    newsletter: null,
    db: null,
    emails: builtIn,
    publicUrl: 'https://news.example.org',
    folders: diskFolders,
  };
  const read = await readFile(await readSource(file), { ...context, view: null });
  const settings = {
    slug: 'x',
    address: ({ hash }: { hash: string }) => `https://news.example.org/media/${hash}`,
  };
  return (await renderAndCheck(read, context, settings)).messages;
}

const samples = builtIn.list('samples').filter((name) => name.endsWith('.md'));

describe.each(samples)('sample %s', (name) => {
  test.each(['default', 'quiet'])(
    'has nothing wrong in the theme %s but that it leads to names for examples',
    async (theme) => {
      const messages = await messagesOf(join(root, 'emails/samples', name), theme);
      expect(messages.map(({ rule }) => rule)).toEqual(['link-example']);
    },
  );
});

test('the model issue has two pictures in a question that say nothing, and nothing else', async () => {
  const messages = await messagesOf(seedIssue().path);
  expect(errorsIn(messages)).toEqual([]);
  expect(messages.map(({ rule }) => rule)).toEqual([
    seedIssue().name.startsWith('seed-') ? 'image-no-alt' : 'link-example',
  ]);
});
