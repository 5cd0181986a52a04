import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { seedIssue } from '../helpers/corpus.ts';
import { editionOf, expectReadBack } from './reparse.ts';

const samples = new URL('../../emails/samples/', import.meta.url);
const issues = readdirSync(samples)
  .filter((name) => name.endsWith('.md'))
  .map((name) => [name, readFileSync(new URL(name, samples), 'utf8')] as const);

test.each([...issues, ['the model issue', seedIssue().source] as const])(
  'what was meant of %s is read back',
  async (_, source) => {
    await expectReadBack(await editionOf(source, 'default'));
  },
);

test('a difference would be seen', async () => {
  const edition = await editionOf('---\ntitle: One\n---\n\nTwo\n', 'quiet');
  await expectReadBack(edition);
  const torn = { ...edition, subject: 'A\u0000B' };
  await expect(expectReadBack(torn)).rejects.toThrow();
});
