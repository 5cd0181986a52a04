import { describe, expect, it } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';
import { refuseTooHeavy } from '../../../src/render/clip/too-heavy.ts';

const issue = (body: string) => readIssue(`---\ntitle: T\n---\n\n${body}`, { file: 'x.md' });

describe('an issue that would keep the renderer busy', () => {
  it('is refused for its double braces', () => {
    expect(() => refuseTooHeavy(issue('{{x}} '.repeat(2_001)))).toThrow(/2001 pairs of braces/);
  });

  it('is refused for its elements', () => {
    const { blocks, ...rest } = issue('a *b* c');
    const many = Array.from({ length: 20_001 }, () => blocks).flat();
    expect(() => refuseTooHeavy({ ...rest, blocks: many })).toThrow(
      /elements, but one mail can hold at most 40000/,
    );
  });

  it('is none that people write', () => {
    expect(() =>
      refuseTooHeavy(issue(`${'- [a](https://x.example) **b**\n'.repeat(900)}{{name}}`)),
    ).not.toThrow();
  });
});
