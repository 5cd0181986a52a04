/** Sources up to SHORT characters are read without a watch over the time: nothing that short may need one. */
import { describe, expect, it } from 'vitest';
import { MAX_UNTIMED_LENGTH } from '../../src/issue/document/time-limit.ts';
import { readIssue } from '../../src/issue/read.ts';

/** What makes Markdown parsers slow, each without end. */
const PIECES = ['**a*', '[a](', '![[[[a](x ', '> q\n\ntext\n\n', '- item\n', '<b>', '```', '*a _b ', '<!--'];
const BLOCKS = ['|a|\n|-|\n', '&amp;', '[^1]', '[a]: b\n', '~~a~', '# a\n\n', '>', '- ', '\t', '{{a}}'];
/** Half the limit; processor time, so that other programs do not count. */
const MAX_MS = 2_500;
/** With the watch: its own limit for each of the two parts, and something for the machine. */
const WATCHED_MS = 15_000;

describe('a short source needs no watch', () => {
  it.each([...PIECES, ...BLOCKS])('of %j without end', (piece) => {
    const source = piece.repeat(Math.floor(MAX_UNTIMED_LENGTH / piece.length));
    const started = process.cpuUsage();
    readIssue(source, { file: 'x.md' });
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(MAX_MS);
  });

  it.each([
    ['containers', `---\ntitle: T\n---\n\n${':::a\n'.repeat(1_000)}`],
    ['flow maps', `---\na: ${'{'.repeat(6_000)}\n---\n`],
    ['flow lists', `---\na: ${'['.repeat(6_000)}\n---\n`],
  ])('but is watched where marks nest: %s', (_, source) => {
    const started = performance.now();
    readIssue(source, { file: 'x.md' });
    expect(performance.now() - started).toBeLessThan(WATCHED_MS);
  });

  it.each([
    [
      'aliases',
      `a: &a [x,x]\n${Array.from({ length: 150 }, (_, i) => `k${i}: &k${i} [*a,*a,*a,*a]\n`).join('')}`,
    ],
    ['open quotes', 'a: "b\n'.repeat(1_000)],
    ['flow lists', `a: ${'['.repeat(60)}`],
    ['flow maps', `a: ${'{'.repeat(60)}`],
    ['indents', Array.from({ length: 110 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ])('in its front matter of %s', (_, yaml) => {
    const started = process.cpuUsage();
    readIssue(`---\n${yaml.slice(0, MAX_UNTIMED_LENGTH)}\n---\n\nText`, { file: 'x.md' });
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1000).toBeLessThan(MAX_MS);
  });
});
