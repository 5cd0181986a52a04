/** Every shape and hazard, read and written as text: see `golden.ts`. */
import { afterAll, describe, expect, it } from 'vitest';
import { fixtures } from '../fuzz/fixtures.ts';
import { type Golden, goldenOf, kept, renew, renews } from './golden.ts';

const isFixture = (name: string) => name.startsWith('fixture: ');
const cases = Object.entries(fixtures).map(([name, source]) => ({ name: `fixture: ${name}`, source }));
const made: Record<string, Golden> = {};

describe('golden documents of our own fixtures', () => {
  it.each(cases)('$name', ({ name, source }) => {
    const golden = goldenOf(source, 'x.md');
    made[name] = golden;
    if (!renews) expect(golden).toEqual(kept[name]);
  });

  it('are kept for nothing that is gone', () => {
    const gone = Object.keys(kept).filter((name) => isFixture(name) && !(name in made));
    if (!renews) expect(gone).toEqual([]);
  });

  afterAll(() => {
    if (renews) renew(made, isFixture);
  });
});
