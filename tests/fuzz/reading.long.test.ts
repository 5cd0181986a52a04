/**
 * 20,000 sources through reading and through the checks that need no mail. The seed is printed; `FUZZ_SEED=...`
 * repeats a run, `FUZZ_TIMES=10` makes it longer.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { checkIssue } from '../../src/checks/check-issue.ts';
import { readIssue } from '../../src/issue/read.ts';
import { corpusFiles } from '../helpers/corpus.ts';
import { limit } from '../helpers/machine.js';
import { context, newsletter } from '../render/fixtures.ts';
import { fixtures } from './fixtures.ts';
import { damaged, grown, seeded } from './inputs.ts';
import { faultsOf } from './sound.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000);
const TIMES = Number(process.env.FUZZ_TIMES ?? 1);
/** Reading ends by itself after 5 s for each of its two parts; none of these may come near. */
const MAX_MS = 5_000;
const { emails } = context();
const slowest = { ms: 0, source: '' };

async function readAndCheck(source: string): Promise<string[]> {
  const started = performance.now();
  const document = readIssue(source, { file: 'x.md' });
  const ms = performance.now() - started;
  if (ms > slowest.ms) Object.assign(slowest, { ms, source });
  const faults = faultsOf(document);
  if (ms > MAX_MS) faults.push(`took ${Math.round(ms)} ms`);
  const messages = await checkIssue({
    source,
    document,
    newsletter,
    legalProfile: [],
    emails,
    edition: null,
    pictures: new Map(),
    mirrors: false,
  });
  if (messages.some(({ rule, text }) => rule === '' || text === '')) faults.push('a message without words');
  return faults;
}

describe(`reading what nobody wrote (FUZZ_SEED=${SEED})`, { timeout: limit(280_000 * TIMES) }, () => {
  afterAll(() => {
    console.info(
      `FUZZ_SEED=${SEED}; the slowest took ${Math.round(slowest.ms)} ms (${slowest.source.length} characters)`,
    );
  });

  it(`${8_000 * TIMES} documents of fast-check`, async () => {
    const property = fc.asyncProperty(grown, async (source) => {
      expect(await readAndCheck(source)).toEqual([]);
    });
    await fc.assert(property, { numRuns: 8_000 * TIMES, seed: SEED });
  });

  it.each([
    {
      what: corpusFiles().note,
      runs: 7_000 * TIMES,
      sources: corpusFiles().files.map(({ source }) => source),
    },
    { what: 'fixtures of our own', runs: 5_000 * TIMES, sources: Object.values(fixtures) },
  ])('$runs damaged copies of $what', async ({ runs, sources }) => {
    const random = seeded(SEED);
    for (let run = 0; run < runs; run++) {
      const source = damaged(sources[run % sources.length] ?? '', random);
      const faults = await readAndCheck(source).catch((error: Error) => [error.stack]);
      if (faults.length > 0) expect.fail(`run ${run}: ${faults.join('\n')}\n${JSON.stringify(source)}`);
    }
  });
});
