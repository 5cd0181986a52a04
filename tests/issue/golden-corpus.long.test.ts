/** Every real issue beside the project, read and written as text: see `golden.ts`. Without the corpus it says so. */
import { afterAll, describe, expect, it } from 'vitest';
import { corpusFiles } from '../helpers/shared.ts';
import { type Golden, goldenOf, kept, renew, renews } from './golden.ts';

const { origin, note, files } = corpusFiles();
const made: Record<string, Golden> = {};

describe.runIf(origin === 'corpus')(`golden documents of ${note}`, () => {
  it.each(files)('$name', ({ name, source }) => {
    const golden = goldenOf(source, name);
    made[name] = golden;
    if (!renews) expect(golden).toEqual(kept[name]);
  });

  afterAll(() => {
    if (renews) renew(made, (name) => !name.startsWith('fixture: '));
  });
});

describe.skipIf(origin === 'corpus')(note, () => {
  it.skip('golden documents of real issues need ../shared/corpus');
});
