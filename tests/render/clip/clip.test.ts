import { expect, test } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';
import { archivePage } from '../../../src/render/archive.ts';
import { GMAIL_CLIP_BYTES } from '../../../src/render/clip/gmail-size.ts';
import { renderIssue } from '../../../src/render/issue.ts';
import { context } from '../fixtures.ts';

const section = (n: number, paragraphs: number): string =>
  `## Section ${n}\n\n${`Lamp ${n}: ${'oil and wick '.repeat(60)}\n\n> A keeper.\n\n`.repeat(paragraphs)}`;
const long = (head: string): string =>
  `---\ntitle: Long\ndate: 2026-11-23\n${head}---\n\n${section(1, 20)}${section(2, 90)}${section(3, 40)}The very end.\n`;
const rendered = (head: string, over = {}) =>
  renderIssue(readIssue(long(head), { file: 'long.md' }), context(over));

test('a mail that Gmail would cut names the parts that take most, with their lines', async () => {
  const { edition, messages } = await rendered('');
  expect(Buffer.byteLength(edition.html)).toBeGreaterThan(GMAIL_CLIP_BYTES);
  expect(messages).toMatchObject([{ severity: 'warning', rule: 'gmail-clip' }]);
  expect(messages[0]!.text).toMatch(
    /"Section 2" \(line 88\) \d+ KB, "Section 3" \(line \d+\) \d+ KB, "Section 1"/,
  );
});

test('clip: auto ends the mail at the border of a block with a button; page and plain text have all of it', async () => {
  const { edition, messages } = await rendered('clip: auto\n');
  const size = Buffer.byteLength(edition.html);
  expect(size).toBeLessThan(GMAIL_CLIP_BYTES);
  expect(size).toBeGreaterThan(GMAIL_CLIP_BYTES * 0.8);
  expect(edition.html).toContain('href="https://example.org/archive/weekly/2026-03"');
  expect(edition.html).toContain('Read the rest on the web');
  expect(edition.html).toContain('{{link.unsubscribe}}');
  expect(edition.html).not.toContain('The very end.');
  expect(archivePage(edition)).toContain('The very end.');
  expect(archivePage(edition)).not.toContain('Read the rest');
  expect(edition.text).toContain('The very end.');
  expect(messages).toMatchObject([{ severity: 'info', rule: 'clipped', line: expect.any(Number) }]);
  const cut = long('clip: auto\n').split('\n')[messages[0]!.line! - 1];
  expect(cut).toMatch(/^(Lamp|> A keeper|## Section)/);
});

test('a mail that fits is not cut, and one without a page on the web stays whole and is told', async () => {
  const short = readIssue('---\ntitle: S\nclip: auto\n---\n\nShort.', { file: 'short.md' });
  const { edition, messages } = await renderIssue(short, context());
  expect([edition.page, messages]).toEqual([undefined, []]);
  const whole = await rendered('clip: auto\n', { issue: { slug: 's', archiveUrl: null } });
  expect(whole.edition.html).toContain('The very end.');
  expect(whole.messages).toMatchObject([{ rule: 'gmail-clip', text: expect.stringContaining('--archive') }]);
});

const words = 'Oil and wick and a keeper who writes down the weather of every night, '.repeat(3);
const many = (one: (n: number) => string): string => Array.from({ length: 700 }, (_, n) => one(n)).join('');

test.each([
  ['plain paragraphs', many((n) => `Lamp ${n}: ${words}\n\n`)],
  ['one long list', many((n) => `- Lamp ${n}: ${words}\n`)],
  ['one long quote', many((n) => `> Lamp ${n}: ${words}\n>\n`)],
  ['one long table', `| Lamp | Words |\n|---|---|\n${many((n) => `| Lamp ${n} | ${words} |\n`)}`],
  ['one long code block', `\`\`\`\n${many((n) => `Lamp ${n}: ${words}\n`)}\`\`\`\n`],
  ['one long callout', `::: tip\n${many((n) => `Lamp ${n}: ${words}\n\n`)}:::\n`],
])('clip: auto cuts an issue of %s', async (_, body) => {
  const document = readIssue(`---\ntitle: Long\nclip: auto\n---\n\n${body}`, { file: 'long.md' });
  const { edition, messages } = await renderIssue(document, context());
  const size = Buffer.byteLength(edition.html);
  expect(size).toBeLessThan(GMAIL_CLIP_BYTES);
  expect(size).toBeGreaterThan(GMAIL_CLIP_BYTES * 0.8);
  expect(edition.html).toContain('Lamp 100');
  expect(edition.html).toContain('Read the rest on the web');
  expect(archivePage(edition)).toContain('Lamp 699');
  expect(messages).toMatchObject([{ rule: 'clipped' }]);
});

const sentences = many((n) => `Lamp ${n}: ${words}then [the log](https://a.example/${n}) is shut. `);
const chinese = many((n) => `第 ${n} 盏灯：${'看守人每晚写下天气，灯油与灯芯，'.repeat(6)}然后合上日志。`);
const clippedText = async (body: string): Promise<string> => {
  const source = `---\ntitle: Long\nclip: auto\n---\n\nBefore.\n\n${body}\n\nAfter.\n`;
  const { edition, messages } = await renderIssue(readIssue(source, { file: 'long.md' }), context());
  const size = Buffer.byteLength(edition.html);
  expect(size).toBeLessThan(GMAIL_CLIP_BYTES);
  expect(size).toBeGreaterThan(GMAIL_CLIP_BYTES * 0.8);
  expect(messages).toMatchObject([{ rule: 'clipped' }]);
  expect(archivePage(edition)).toContain('After.');
  const said = edition.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
  expect(said).not.toContain('After.');
  return said.slice(0, said.search(/Read the rest on the web|在网页上/)).trim();
};

test.each([
  ['English', sentences, /the log is shut\.$/],
  ['Chinese', chinese, /然后合上日志。$/],
  ['English within a list', `- one\n- ${sentences}`, /the log is shut\.$/],
  [
    'English in bold, one line after the other',
    `**${sentences.trim().replaceAll('. ', '.\n')}**`,
    /is shut\.$/,
  ],
])('clip: auto cuts a paragraph of 150 KB behind a sentence: %s', async (_, body, end) => {
  expect(Buffer.byteLength(body)).toBeGreaterThan(150_000);
  expect(await clippedText(body)).toMatch(end);
});

test.each([
  ['English', words.repeat(700), /[ ,](Oil|and|wick|a|keeper|who|writes|down|the|weather|of|every|night)…$/],
  ['Chinese', '看守人每晚写下天气，'.repeat(6_000), /看守人每晚写下天气…$/],
])('clip: auto cuts a sentence that never ends behind a word, and says so: %s', async (_, body, end) => {
  expect(await clippedText(body)).toMatch(end);
});

test('where one part alone is too long, the warning does not advise what is set', async () => {
  const source = `---\ntitle: Long\nclip: auto\n---\n\n\`${words.repeat(700)}\``;
  const { messages } = await renderIssue(readIssue(source, { file: 'long.md' }), context());
  expect(messages).toMatchObject([{ rule: 'gmail-clip', text: expect.stringContaining('no place to cut') }]);
});
