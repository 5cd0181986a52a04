/** The whole list over whole issues: what an editor would read. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsIn } from '../../src/checks/check-issue.ts';
import { examine } from '../../src/cli/issue/examined.ts';
import { anyNewsletter, readDocument, type Surroundings } from '../../src/cli/issue/render-context.ts';
import { root } from '../helpers/processes.ts';
import { seedIssue } from '../helpers/shared.ts';
import { builtIn } from './harness.ts';

async function messagesOf(file: string, theme = 'default') {
  const view = { ...anyNewsletter('en'), theme };
  const around: Surroundings = {
    view,
    newsletter: null,
    db: null,
    emails: builtIn,
    publicUrl: 'https://news.example.org',
  };
  const { source, document, site } = await readDocument(file, { ...around, view: null });
  const how = {
    slug: 'x',
    site,
    address: ({ hash }: { hash: string }) => `https://news.example.org/media/${hash}`,
  };
  return (await examine(file, source, document, around, how)).messages;
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
