/** Every real issue beside the project, read and written as text: see `golden.ts`. Without the corpus it says so. */
import { afterAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/issue/document/document.ts';
import { readIssue } from '../../src/issue/read.ts';
import { corpusFiles } from '../helpers/corpus.ts';
import { type Golden, goldenOf, kept, renew, renews } from './golden.ts';

const { origin, note, files } = corpusFiles();
const made: Record<string, Golden> = {};

const sourceOf = (name: string): string => (name.includes('/') ? (name.split('/')[0] ?? '') : 'seed');

function rowOf(source: string, issues: readonly { name: string; source: string }[]) {
  const remarks = issues.map((issue) => readIssue(issue.source, { file: issue.name }).messages);
  // What only the site's generator knows (an include, a variable) is an error by design: only the site has it.
  const isFault = ({ severity, rule }: Message) => severity === 'error' && rule !== 'template-unknown';
  const faulty = remarks.filter((list) => list.some(isFault)).length;
  const rules = new Map<string, number>();
  for (const { severity, rule } of remarks.flat())
    rules.set(`${severity} ${rule}`, (rules.get(`${severity} ${rule}`) ?? 0) + 1);
  const said = [...rules].map(([rule, count]) => `${rule} ${count}`).sort();
  return { faulty, line: `${source}: ${issues.length} issues, ${faulty} with errors; ${said.join(', ')}` };
}

function golden(): void {
  it.each(files)('$name', ({ name, source }) => {
    const golden = goldenOf(source, name);
    made[name] = golden;
    if (!renews) expect(golden).toEqual(kept[name]);
  });

  it('have an error in no more than one issue in twenty-five; what is remarked, by source', () => {
    const sources = [...new Set(files.map(({ name }) => sourceOf(name)))];
    const rows = sources.map((source) =>
      rowOf(
        source,
        files.filter(({ name }) => sourceOf(name) === source),
      ),
    );
    console.info(rows.map(({ line }) => line).join('\n'));
    expect(rows.reduce((sum, { faulty }) => sum + faulty, 0) / files.length).toBeLessThanOrEqual(0.04);
  });

  afterAll(() => {
    if (renews) renew(made, (name) => !name.startsWith('fixture: '));
  });
}

if (origin === 'corpus') describe(`golden documents of ${note}`, golden);
else it.skip(`golden documents of real issues need ../shared/corpus: ${note}`);
