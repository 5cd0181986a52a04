import { expect, test } from 'vitest';
import { corpusFiles } from '../helpers/corpus.ts';
import { editionOf, expectReadBack } from './reparse.ts';

const { files, note } = corpusFiles();

test(`every message of ${note} is read back as it was meant`, async () => {
  const faults: string[] = [];
  for (const [index, { name, source }] of files.entries()) {
    const edition = await editionOf(source, index % 4 === 0 ? 'quiet' : 'default');
    await expectReadBack(edition).catch((error: Error) => faults.push(`${name}: ${error.message}`));
  }
  expect(faults).toEqual([]);
});
