/** Shapes of weeklies in English, written anew. */
import { describe, expect, it } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { blockOf, htmlOf, readBody } from './harness.ts';

describe('questions without a name', () => {
  const questionsOf = (markdown: string) =>
    readBody(markdown).outline.questions.map(({ asker, answers }) => `${asker || '-'} ${answers}`);

  it.each([
    ['in bold', '## Reader Q&A\n\n**Q: Why?**\n\nA: So.\n\nMore.\n\n**Q: How?**\n\nA: Thus.\n'],
    ['plain', '## Q&A\n\nQ: Why?\n\nA: So.\n\nQ: How?\n\nA: Thus.\n'],
    ['numbered', '## Reader questions\n\n**Q1:** Why?\n\n**A:** So.\n\n**Q2:** How?\n\n**A:** Thus.\n'],
    ['as headings', '## Q&A\n\n### Q: Why?\n\nA: So.\n\n### Q: How?\n\nA: Thus.\n'],
    ['with the answer in the next line', '## Q&A\n\n**Q: Why?**\nA: So.\n\n**Q: How?**\nA: Thus.\n'],
    ['in Chinese', '## 读者问答\n\n问：为什么？\n\n答：因为。\n\n问：怎么办？\n\n答：这样。\n'],
  ])('are told from their answers: %s', (_, markdown) => {
    expect(questionsOf(markdown)).toEqual(['- 1', '- 1']);
  });

  it('keep what was asked', () => {
    const { questions } = blockOf('qa', '## Q&A\n\n**Q: Why?**\n\nA: So.\n');
    const [turn] = questions[0]?.turns ?? [];
    expect(turn?.role).toBe('question');
    expect(htmlOf(turn?.content)).toContain('Why?');
  });

  it('end before the rule that ends their section', () => {
    const { blocks } = readBody('## Q&A\n\nQ: Why?\n\nA: So.\n\n---\n\n## News\n\nText.\n');
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'qa', 'divider', 'heading', 'prose']);
  });

  it('are what a named reader goes on to say, below a name', () => {
    expect(
      questionsOf('## Q&A\n\n**1. Ann asks:**\n\nQ: Why?\n\nA: So.\n\nQ: And how?\n\nA: Thus.\n'),
    ).toEqual(['Ann 2']);
  });

  it('are text outside a Q&A', () => {
    expect(questionsOf('## News\n\nQ: Why?\n\nA: So.\n')).toEqual([]);
  });
});

describe('a section of recommended reading', () => {
  it.each([
    "What We're Reading",
    'What I’m reading',
    'Recommended reads',
    'Worth reading',
    'Further Reading',
  ])('is called %s', (heading) => {
    const { readings } = readBody(`## ${heading}\n\n- [One](https://x.example/1) — why\n`).outline;
    expect(readings).toEqual([{ title: 'One', url: 'https://x.example/1', cover: null }]);
  });

  it('is none where somebody goes on reading', () => {
    expect(readBody('## Keep reading\n\n- [One](https://x.example/1)\n').outline.readings).toEqual([]);
  });
});

describe('the day of an issue', () => {
  const dayOf = (source: string, file = 'x.md') => readIssue(source, { file }).date;

  it.each([
    ['# Weekly\n\n*August 3, 2026*\n\nText', '2026-08-03'],
    ['# Weekly\n\n**Issue #7 — News**\n*August 3, 2026*\n\nText', '2026-08-03'],
    ['# Weekly\n\n2026/8/3\n\nText', '2026-08-03'],
    ['---\ntitle: T\n---\n\n3 August 2026\n\nText', '2026-08-03'],
    ['# Weekly\n\nOn August 3, 2026 we met.', null],
    ['# Weekly\n\nCome on **August 3, 2026**!', null],
    ['# Weekly\n\n## News\n\nAugust 3, 2026', null],
    ['# Weekly\n\nFebruary 30, 2026', null],
  ])('is a line near its top, where nothing else tells it: %j', (source, date) => {
    expect(dayOf(source)).toBe(date);
  });

  it('is told by the front matter and the name of the file before that', () => {
    expect(dayOf('---\ntitle: T\ndate: 2026-08-05\n---\n\nAugust 3, 2026')).toBe('2026-08-05');
    expect(dayOf('# Weekly\n\nAugust 3, 2026', '2026-08-04-weekly.md')).toBe('2026-08-04');
    expect(dayOf('---\ntitle: T\ndate: 2026-02-30\n---\n\nAugust 3, 2026')).toBe(null);
  });
});

describe('a bold line right above a list', () => {
  const pseudo = (markdown: string) => readBody(markdown).outline.pseudoHeadings;

  it('is a heading with commas, and first in its section too', () => {
    const markdown =
      '## Showcase\n\n**Apps & Sites**\n\n- a\n\n**Tools, Themes & More**\n- b\n\n**Store, LLC.**\n- c\n';
    expect(pseudo(markdown)).toEqual(['Apps & Sites', 'Tools, Themes & More', 'Store, LLC.']);
  });

  it('is a label with a colon, and text above text', () => {
    expect(pseudo('## News\n\n**Why it matters:**\n\n- a\n\n**Well, yes**\n\nText\n')).toEqual([]);
  });
});
