/** 500 sources through the whole of rendering, filled for a reader. The seed is printed; `FUZZ_SEED=...` repeats a run. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Refused } from '../../src/errors.ts';
import { readIssue } from '../../src/issue/read.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { corpusFiles } from '../helpers/corpus.ts';
import { limit } from '../helpers/machine.js';
import { context } from '../render/fixtures.ts';
import { fixtures } from './fixtures.ts';
import { damaged, grown, seeded } from './inputs.ts';
import { leaksOf } from './sound.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const MAX_MS = 5_000;
const fill = {
  reader: { name: 'Grace', email: 'grace@example.net', attributes: {} },
  link: {
    view: 'https://e.example/v',
    unsubscribe: 'https://e.example/u',
    preferences: 'https://e.example/p',
  },
};

async function faultsOfMail(source: string): Promise<string[]> {
  const document = readIssue(source, { file: 'x.md' });
  const started = performance.now();
  try {
    const { edition } = await renderIssue(document, context());
    const html = compileFill(edition.html, 'html')(fill);
    const text = compileFill(edition.text, 'text')(fill);
    const ms = performance.now() - started;
    return [...leaksOf(html, text), ...(ms > MAX_MS ? [`took ${Math.round(ms)} ms`] : [])];
  } catch (error) {
    return error instanceof Refused && error.code === 'issue-too-heavy'
      ? []
      : [String((error as Error).stack)];
  }
}

describe(`rendering what nobody wrote (FUZZ_SEED=${SEED})`, { timeout: limit(240_000) }, () => {
  it('150 documents of fast-check', async () => {
    const property = fc.asyncProperty(grown, async (source) => {
      expect(await faultsOfMail(source)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 150, seed: SEED });
  });

  it.each([
    { what: corpusFiles().note, runs: 200, sources: corpusFiles().files.map(({ source }) => source) },
    { what: 'fixtures of our own', runs: 150, sources: Object.values(fixtures) },
  ])('$runs damaged copies of $what', async ({ runs, sources }) => {
    const random = seeded(SEED);
    for (let run = 0; run < runs; run++) {
      const source = damaged(sources[Math.floor(random() * sources.length)] ?? '', random);
      const faults = await faultsOfMail(source);
      if (faults.length > 0) expect.fail(`run ${run}: ${faults.join('\n')}\n${JSON.stringify(source)}`);
    }
  });
});
