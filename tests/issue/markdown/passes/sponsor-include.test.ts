import { expect, test } from 'vitest';
import { readIssue } from '../../../../src/issue/read.ts';

const issue = (front: string, body = 'Before.\n\n{% include sponsor.html %}\n\nAfter.'): string =>
  `---\ntitle: One\n${front}---\n\n${body}\n`;
const read = (source: string) => readIssue(source, { file: 'i.md' });
const sponsor =
  "sponsor:\n  link: https://s.example/x\n  heading: A lamp\n  body: 'Light.<br />The code is **X**.'\n";

test('a sponsor of the front matter stands where the body includes it, with its link', () => {
  const { blocks, messages } = read(issue(sponsor));
  expect(blocks.map(({ kind }) => kind)).toEqual(['prose', 'sponsor', 'prose']);
  expect(blocks[1]).toMatchObject({ url: 'https://s.example/x', line: 11 });
  const said = JSON.stringify(blocks[1]);
  expect(said).toContain('A lamp');
  expect(said).toContain('"strong"');
  expect(said).not.toContain('**');
  expect(messages.map(({ rule }) => rule)).not.toContain('template-literal');
});

test('an include of a sponsor that nobody named is an error, and is not mailed', () => {
  for (const front of ['', 'sponsor: yes\n', 'sponsor:\n  link: https://s.example\n']) {
    const { blocks, messages } = read(issue(front));
    expect(JSON.stringify(blocks)).not.toContain('{%');
    expect(messages).toMatchObject([{ severity: 'error', rule: 'template-unknown' }]);
  }
});

test('only a paragraph of its own includes a sponsor, and no link of another kind gets through', () => {
  const inline = read(issue(sponsor, 'See {% include sponsor.html %} here.'));
  expect(inline.blocks.map(({ kind }) => kind)).toEqual(['prose']);
  const evil = read(issue(sponsor.replace('https://s.example/x', 'javascript:alert(1)')));
  expect(JSON.stringify(evil.blocks)).not.toContain('javascript:');
});
