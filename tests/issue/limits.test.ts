import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { limit } from '../helpers/machine.js';
import { readBody, rulesOf } from './harness.ts';

describe('an issue that no one wrote by hand', { timeout: limit(120_000) }, () => {
  it('of more than a megabyte gives an error, and what its front matter says', () => {
    const document = readIssue(`---\ntitle: T\n---\n\n${'x'.repeat(1_000_000)}`, { file: 'x.md' });
    expect(rulesOf(document)).toEqual(['error 1 source-too-large']);
    expect(document).toMatchObject({ title: 'T', blocks: [] });
  });

  it.each([
    ['quotes', `${'>'.repeat(3000)} x`],
    ['items on a line', `${'- '.repeat(3000)}x`],
    ['lists', Array.from({ length: 130 }, (_, i) => `${'  '.repeat(i)}- x`).join('\n')],
    ['elements', `${'<div>'.repeat(20_000)}x`],
  ])('of %s nested beyond a hundred levels gives an error', (_, body) => {
    const document = readBody(body);
    expect(rulesOf(document)).toEqual(['error 1 unreadable']);
    expect(document.title).toBe('A title');
  });

  it('of marks without end gives an error within its time', () => {
    const started = performance.now();
    const document = readBody('*a **b '.repeat(40_000));
    expect(rulesOf(document)).toEqual(['error 1 unreadable']);
    expect(performance.now() - started).toBeLessThan(limit(60_000));
  });

  it.each([
    [
      'a billion laughs',
      `---\na: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\ntitle: T\n---\n`,
    ],
    ['nested YAML', `---\ntitle: T\na: ${'['.repeat(20_000)}\n---\n`],
    ['nested TOML', `+++\ntitle = "T"\na = ${'['.repeat(20_000)}\n+++\n`],
    ['a lone surrogate', '---\ntitle: T\n---\n\ud800 and \u0000 and \u0002'],
    ['angle brackets', '<'.repeat(100_000)],
    ['comments', '<!--'.repeat(30_000)],
  ])('with %s is read to the end', (_, source) => {
    expect(readIssue(source, { file: 'x.md' }).messages.length).toBeGreaterThanOrEqual(0);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      ...'**|*|***|_|`|```\n|~~~|> |- |1. |1、|# |###|[|]|](|)|![|<|>|<br>|</div>|<div>|<details>|<!--|-->|<script>|{{|}}|{{name}}|{%|%}|${|:::qa\n|:::\n|:::tip[|---\n|+++\n|title: |date: 2022-02-30\n|A：|提问：|@ann|「MOSN」：|https://x.example|javascript:|[^1]|[^1]: |\\n|\n\n|\t|\u00a0|\u200b|\ufeff|&amp;|&#0;|\u0002|"|\'|\\|'.split(
        '|',
      ),
      '|',
    ),
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.constantFrom(
      '每周读者问答提炼',
      '### 本周推荐阅读\n\n',
      '发布 Store v1.2 版本：',
      '**时间：**5 月',
      '<mj-raw>',
    ),
  );

  it('never crashes the reader, and never lets markup through', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const document = readIssue(pieces.join(''), { file: 'x.md' });
        const tags = [...JSON.stringify(document.blocks).matchAll(/"tagName":"([^"]*)"/g)].map(
          ([, tag]) => tag,
        );
        expect(tags.filter((tag) => /^(script|style|iframe|form|mj-|svg|object)/.test(tag ?? ''))).toEqual(
          [],
        );
        expect(document.messages.filter(({ text }) => text.includes('could not be read'))).toEqual([]);
        expect(JSON.stringify(document.blocks)).not.toMatch(/"(href|src|url)":"\s*javascript:/i);
      }),
      { numRuns: 400 },
    );
  });
});
