import { expect, test } from 'vitest';
import type { Block } from '../../src/issue/document/document.ts';
import { contentsOf, minutesToRead } from '../../src/render/blocks/contents.ts';
import { standfirstOf } from '../../src/render/blocks/standfirst.ts';
import { answerUrl, shareUrl } from '../../src/render/footer-links.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { context, documentOf, everyKind, newsletter, p } from './fixtures.ts';

const heading = (text: string, depth = 2): Block => ({
  kind: 'heading',
  line: 1,
  depth,
  text,
  content: [{ type: 'text', value: text }],
});
const prose = (text: string): Block => ({ kind: 'prose', line: 1, content: [p(text)] });

test('three lines say what is in the issue, those first that name somebody or something', () => {
  const blocks = [
    heading('Hello'),
    prose('x'),
    heading('Questions'),
    everyKind.qa,
    heading('A detail', 3),
    heading('Releases'),
    everyKind.releases,
    heading('Reading'),
    everyKind.reading,
  ];
  const contents = contentsOf(blocks, ', ');
  expect(contents.map(({ title }) => title)).toEqual(['Questions', 'Releases', 'Reading']);
  expect(contents[0]!.detail).toBe('Ada');
});

test('an issue of fewer than three sections has no contents', () => {
  expect(contentsOf([heading('One'), heading('Two')], ', ')).toEqual([]);
});

test('reading time counts words and Han characters, and is never 0', () => {
  expect(minutesToRead([prose('word '.repeat(920))])).toBe(4);
  expect(minutesToRead([prose('字'.repeat(1_200))])).toBe(3);
  expect(minutesToRead([])).toBe(1);
});

test('a description is a standfirst where it says what does not stand beside it', () => {
  const of = (summary: string | null, ...blocks: Block[]) => standfirstOf({ summary, blocks }, 'The title');
  expect(of('What it is about.')).toBe('What it is about.');
  expect(of('the  title')).toBe('');
  expect(of('All about lamps', prose('Read: all about lamps, and more.'))).toBe('');
  expect(of(null)).toBe('');
});

test('readers can answer, and pass the page of the issue on, never a link of their own', () => {
  expect(answerUrl(newsletter, 'Lamps & fog')).toBe(
    'mailto:news@example.org?subject=Re%3A%20Lamps%20%26%20fog',
  );
  const noreply = { ...newsletter, from: { name: 'N', address: 'no-reply@example.org' } };
  expect(answerUrl(noreply, 'Lamps')).toBeNull();
  expect(answerUrl({ ...noreply, replyTo: { name: '', address: 'a+b@example.org' } }, 'x')).toContain(
    'mailto:a%2Bb@example.org?',
  );
  expect(shareUrl('For {{name | all}}', 'https://example.org/a?b=c&d')).toBe(
    'mailto:?subject=For%20all&body=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%26d',
  );
  expect(shareUrl('x', null)).toBeNull();
});

test('the newsletter says its name once above the text, with the number beside it', async () => {
  const document = documentOf([everyKind.banner, everyKind.qa], {
    title: 'Lighthouse Weekly 42: Lamps and fog',
    authors: ['Grace', 'Ada'],
  });
  const { edition } = await renderIssue(document, context());
  const [above = '', below = ''] = edition.html.split('<body')[1]!.split('<p class="standfirst"');
  const visibleText = above.replace(/<div style="[^"]*display:none[\s\S]*?<\/div>|<[^>]*>/g, ' ');
  expect(visibleText.match(/Lighthouse Weekly/g)).toHaveLength(1);
  expect(visibleText).toMatch(/Lighthouse Weekly\s+No\. 42/);
  expect(edition.html).toMatch(/<h1 [^>]*>Lamps and fog<\/h1>/);
  expect(below).toContain('Written by Grace, Ada');
  expect(edition.subject).toBe('Lighthouse Weekly 42: Lamps and fog');
});
