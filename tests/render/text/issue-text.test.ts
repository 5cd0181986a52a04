/** Whatever becomes words goes one way: the text part, the preheader, titles, labels, calendars. */
import { describe, expect, test } from 'vitest';
import { calendarFiles } from '../../../src/issue/calendar/calendar-files.ts';
import type { Document } from '../../../src/issue/document/document.ts';
import { readIssue } from '../../../src/issue/read.ts';
import { preheaderOf } from '../../../src/render/blocks/preheader.ts';
import { issueText } from '../../../src/render/text/issue-text.ts';
import { wordsFor } from '../../../src/render/theme/words.ts';
import { blockOf, proseOf, readBody } from '../../issue/harness.ts';
import { context } from '../fixtures.ts';

const emails = context().emails;

function textOf(document: Document): string {
  const frame = {
    newsletter: 'N',
    postalAddress: '',
    date: null,
    viewUrl: null,
    preferencesUrl: 'P',
    unsubscribeUrl: 'U',
  };
  const slot = (path: string, fallback?: string): string => `<${path}${fallback ? `|${fallback}` : ''}>`;
  const text = issueText(document, frame, wordsFor(emails, 'en'), 'https://base.example/', slot);
  return text.slice(text.indexOf('=\n') + 2, text.indexOf('\n---')).trim();
}

const said = (markdown: string): string => textOf(readBody(markdown)).replace(/\s+/g, ' ');

describe('struck-out words', () => {
  test('"Only ~~$200~~ $100" is marked in the plain text, and only the new price stands in one line', () => {
    expect(said('Only ~~$200~~ $100')).toBe('Only ~~$200~~ $100');
    expect(preheaderOf(readBody('Only ~~$200~~ $100 for the whole year'))).toBe(
      'Only $100 for the whole year',
    );
    expect(blockOf('heading', '## Only ~~$200~~ $100').text).toBe('Only $100');
  });

  test.each([
    '<del>$200</del>',
    '<s>$200</s>',
    '<strike>$200</strike>',
    '<span style="text-decoration: line-through">$200</span>',
  ])('are struck out as HTML too: %s', (struck) => {
    expect(said(`Only ${struck} $100`)).toBe('Only ~~$200~~ $100');
    expect(blockOf('heading', `## Only ${struck} $100`).text).toBe('Only $100');
  });

  test('are not valid in meeting cards, in the calendar, in titles and labels', () => {
    const event = blockOf(
      'event',
      '## Meetup\n\n**Topic:** ~~Closed~~ Open day\n\n**Time:** ~~2026-12-04 10:00~~ 2026-12-05 11:00\n\n**Place:** <s>North</s> South pier',
    );
    expect(event).toMatchObject({ topic: 'Open day', time: '2026-12-05 11:00', place: 'South pier' });
    const meeting = readBody(
      '## 社区会议预告\n\n**Topic:** <del>old</del> new\n\n**Time:** ~~2026-12-04 10:00~~ 2026-12-05 11:00',
    );
    const [file] = calendarFiles(meeting, { newsletter: 'n', slug: 's', timezone: 'UTC' }).values();
    expect(String(file?.bytes)).toContain('DTSTART:20261205T110000Z');
    expect(String(file?.bytes)).toContain('SUMMARY:new');
    expect(readIssue('# ~~Old~~ New title\n\ntext', { file: 'a.md' }).title).toBe('New title');
    expect(readIssue('---\ntitle: "~~May~~ June"\n---\ntext', { file: 'a.md' }).title).toBe('June');
    expect(blockOf('callout', ':::tip[~~Old~~ New]\nx\n:::').title).toBe('New');
    expect(blockOf('button', ':::button[~~Old~~ New]{url="https://a.example/"}\n:::').label).toBe('New');
  });

  test('a link that is struck out is no card, and stays struck out where it stands', () => {
    const document = readBody(
      '## Recommended reading\n\n- [A](https://a.example/)\n- ~~[B](https://b.example/)~~',
    );
    expect(document.outline.readings.map(({ title }) => title)).toEqual(['A']);
    expect(textOf(document)).toContain('~~B <https://b.example/>~~');
  });

  test('a heading that is struck out as a whole keeps its mark in the plain text', () => {
    expect(said('## ~~Cancelled~~\n\nx')).toContain('~~Cancelled~~');
  });
});

describe('raised and lowered characters', () => {
  test.each([
    ['10<sup>6</sup>', '10⁶'],
    ['10<sup>-3</sup> m<sup>2</sup>', '10⁻³ m²'],
    ['x<sup>n+1</sup>', 'xⁿ⁺¹'],
    ['x<sup>k</sup>', 'x^k'],
    ['x<sup>a b</sup>', 'x^(a b)'],
    ['the 1<sup>st</sup>', 'the 1st'],
    ['Lamp<sup>TM</sup>', 'LampTM'],
    ['H<sub>2</sub>O', 'H₂O'],
    ['v<sub>max</sub>', 'v_max'],
    ['a<sub>i,j</sub>', 'a_(i,j)'],
    ['<sup>1</sup> Of the lamp', '¹ Of the lamp'],
    ['a<sup></sup>b', 'ab'],
  ])('%s reads %s, never run together', (html, words) => {
    expect(said(html)).toBe(words);
    expect(blockOf('heading', `## ${html}`).text).toBe(words);
  });

  test('stand in titles as well', () => {
    expect(
      readIssue('---\ntitle: 10<sup>6</sup> readers &amp; more, a < b\n---\nx', { file: 'a.md' }).title,
    ).toBe('10⁶ readers & more, a < b');
  });
});

describe('numbers in brackets', () => {
  test('a footnote and a long link never share a number', () => {
    const url = `https://long.example/${'x'.repeat(60)}`;
    const text = textOf(readBody(`A claim[^1] and [a link](${url}), [another](${url}2).\n\n[^1]: The note.`));
    expect(text).toContain('A claim[1] and a link [2], another [3].');
    expect(text).toContain(`[2] ${url}\n`);
    expect(text).toContain('[1] The note.');
  });

  test('nor do links take a number that the author wrote by hand, but for code', () => {
    const url = `https://long.example/${'x'.repeat(60)}`;
    expect(said(`See [1] and \`a[2]\` and [this](${url}).\n\n[1] A book.`)).toContain('this [2].');
  });
});

describe('elements with a meaning', () => {
  test('<q> gets its marks, also in the HTML', () => {
    expect(said('He said <q>fog, <q>thick</q> fog</q>.')).toBe('He said “fog, ‘thick’ fog”.');
    expect(proseOf('a <q>b</q>')).toBe('<p>a “b”</p>');
  });

  test('<ruby> has its readings in brackets', () => {
    expect(said('<ruby>漢字<rp>(</rp><rt>kanji</rt><rp>)</rp></ruby>')).toBe('漢字(kanji)');
    expect(said('<ruby>漢<rt>kan</rt>字<rt>ji</rt></ruby>')).toBe('漢(kan)字(ji)');
  });

  test.each([
    ['<ol reversed><li>a</li><li>b</li><li>c</li></ol>', '3. a 2. b 1. c'],
    ['<ol reversed start="10"><li>a</li><li>b</li></ol>', '10. a 9. b'],
    ['<ol start="0"><li>a</li><li>b</li></ol>', '0. a 1. b'],
    ['<ol><li value="4">a</li><li>b</li></ol>', '4. a 5. b'],
    ['<ol type="a"><li>a</li><li>b</li></ol>', 'a. a b. b'],
    ['<ol type="I" start="4"><li>a</li><li>b</li></ol>', 'IV. a V. b'],
    ['3. a\n4. b', '3. a 4. b'],
    ['- a\n  1. b\n  2. c', '- a 1. b 2. c'],
  ])('%s counts %s', (list, words) => {
    expect(said(list)).toBe(words);
  });

  test('a list that counts backwards does so in every mail program', () => {
    expect(proseOf('<ol reversed><li>a</li><li>b</li></ol>')).toContain(
      '<li value="2">a</li><li value="1">b</li>',
    );
  });

  test('keys, details, terms and captions keep their words apart', () => {
    expect(said('Press <kbd>Ctrl</kbd>+<kbd>C</kbd>')).toBe('Press Ctrl+C');
    expect(said('<details><summary>More</summary>of it</details>')).toBe('More of it');
    expect(said('<dl><dt>Fog</dt><dd>thick</dd></dl>')).toBe('Fog thick');
    expect(said('<table><caption>Lamps</caption><tr><td>a</td><td>b</td></tr></table>')).toBe('Lamps a | b');
    const document = readBody('<table><tr><td>first cell</td><td>second cell</td></tr></table>\n');
    expect(preheaderOf(document)).toBe('first cell second cell');
  });
});

describe('what is hidden', () => {
  test.each([
    '<span hidden>secret</span>',
    '<span style="display:none">secret</span>',
    '<span style="color:red;visibility: hidden">secret</span>',
    '<del hidden>secret</del>',
  ])('gives no words and no HTML: %s', (hidden) => {
    expect(said(`${hidden}All may read this line.`)).toBe('All may read this line.');
    expect(proseOf(`${hidden}All may read this line.`)).not.toContain('secret');
    expect(blockOf('heading', `## ${hidden}Shown`).text).toBe('Shown');
    expect(preheaderOf(readBody(`${hidden}All may read this line.`))).toBe('All may read this line.');
  });

  test('a hidden part with Markdown in it goes as a whole', () => {
    expect(said('<div hidden>\n\nsecret **words**\n\n</div>\n\nshown')).toBe('shown');
  });

  test('aria-hidden is shown, and not read out', () => {
    expect(said('<span aria-hidden="true">Z</span> Zhiyuan')).toBe('Zhiyuan');
    expect(proseOf('<span aria-hidden="true">Z</span>')).toContain('>Z</span>');
  });
});

describe('the preheader that is made', () => {
  test.each([
    'The lamps are lit. {% include sponsor.html %} And more.',
    '{{< figure src="a.png" >}} The lamps are lit. And more.',
    'The lamps are lit. {# secret #} And more.',
    `The lamps are lit. \${HOME} And more.`,
    '{: .lead} The lamps are lit. And more.',
  ])('holds no template code: %s', (markdown) => {
    expect(preheaderOf(readBody(markdown))).toMatch(/^The lamps are lit\. (?:secret )?And more\.$/);
  });

  test('is not cut inside template code, nor inside a slot', () => {
    const long = preheaderOf(readBody(`${'x'.repeat(130)} {{name | a friend of ours}} and {% if page %}`));
    expect(long).not.toMatch(/[{}]/);
  });
});

describe('a picture that nobody described', () => {
  test('is there in the plain text, with its address: 图片', () => {
    expect(said('![图片](https://i.example/q.png)')).toBe('[picture] <https://i.example/q.png>');
    expect(said('Look: ![](https://i.example/q.png)')).toBe('Look: [picture] <https://i.example/q.png>');
    expect(said('**Ada** asks:\n\n> ![图片](https://i.example/q.png)\n\nA: yes')).toContain(
      '> [picture] <https://i.example/q.png>',
    );
    expect(said('[![图片](https://i.example/q.png)](https://w.example/)')).toBe(
      '[picture] <https://i.example/q.png> <https://w.example/>',
    );
  });

  test('a small one among words is decoration', () => {
    expect(said('Fine <img src="https://i.example/ok.png" width="16"> day')).toBe('Fine day');
  });

  test('one with words says them', () => {
    expect(said('![The pier](https://i.example/q.png)')).toBe('[The pier]');
  });
});
