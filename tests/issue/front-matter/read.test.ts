import { describe, expect, it } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';
import { rulesOf } from '../harness.ts';

const read = (source: string, file = 'issue.md') => readIssue(source, { file });

describe('an alias that leads into itself', () => {
  it('leaves its value out, and the rest stands', () => {
    const document = readIssue('---\ntitle: T\nx: {a: &b [*b]}\ny: {c: 1}\n---\n\nText', { file: 'x.md' });
    expect(JSON.parse(JSON.stringify(document.extra))).toEqual({ x: null, y: { c: 1 } });
    expect(document.title).toBe('T');
  });
});

describe('front matter', () => {
  it('is read from YAML, with the date as written and the day in its own time zone', () => {
    const document = read(
      '---\ntitle: "Weekly | 一、二"\ndate: 2022-08-05T23:30:00+08:00\ndescription: "What is new"\ntags: ["a", "b"]\ncategories: "c"\ncover: "https://img.example/c.png"\nauthor: "Ann"\nmood: fine\n---\n\nText.\n',
    );
    expect(document).toMatchObject({
      title: 'Weekly | 一、二',
      date: '2022-08-05',
      datetime: '2022-08-05T23:30:00+08:00',
      summary: 'What is new',
      tags: ['a', 'b', 'c'],
      cover: 'https://img.example/c.png',
      authors: ['Ann'],
      extra: { mood: 'fine' },
      messages: [],
    });
  });

  it('is read from TOML, with names of the [extra] table', () => {
    const document = read(
      '+++\ntitle = "Month"\ndate = 2022-04-07\n\n[extra]\nmonth = "March"\neditors = [\n  "ann", # one\n  "bob",\n]\n+++\nText',
    );
    expect(document).toMatchObject({
      title: 'Month',
      date: '2022-04-07',
      datetime: '2022-04-07',
      authors: ['ann', 'bob'],
    });
    expect(document.extra).toMatchObject({ month: 'March' });
  });

  it('is read from "Key: value" lines up to a blank line', () => {
    const document = read('Title: Week 367\nNumber: 367\nDate: 2020-12-2\nCategory: Weekly\n\nHello.\n');
    expect(document).toMatchObject({
      title: 'Week 367',
      date: '2020-12-02',
      tags: ['Weekly'],
      extra: { Number: '367' },
    });
    expect(document.blocks).toMatchObject([{ kind: 'prose', line: 6 }]);
  });

  it('takes known keys behind a stray blank line for front matter, with a warning', () => {
    const document = read('Title: Week 1\n\nDate: 2026-01-07\nCategory: Weekly\n\nHello.\n');
    expect(document).toMatchObject({ title: 'Week 1', date: '2026-01-07' });
    expect(rulesOf(document)).toEqual(['warning 2 front-matter-split']);
  });

  it('may be missing: the first heading is the title, and is not printed twice', () => {
    const document = read('# Weekly No. 7\n\nHello.\n');
    expect(document).toMatchObject({
      title: 'Weekly No. 7',
      date: null,
      outline: { headings: ['Weekly No. 7'] },
    });
    expect(document.blocks.map(({ kind }) => kind)).toEqual(['prose']);
  });

  it.each([
    ['#12（API、工具）\n\nText.\n\nTools\n-----\n\n# Editors\n\nText.', '#12（API、工具）'],
    ['**Store Weekly**\n\n2016/2/26\n\n# News\n\nText.\n\n# Events\n\nText.', 'Store Weekly'],
    ['**Store Weekly**\n\nText.', 'Store Weekly'],
    ['**Draft**\n\n# Store Weekly\n\nText.\n\n## News\n\nText.', 'Store Weekly'],
    ['**每周精选，欢迎留言**\n\n# News\n\nText.\n\n# Events\n\nText.', 'News'],
    ['#12 was mended.\n**Really.**\n\n# News\n\nText.\n\n# Events', 'News'],
    ['# Store Weekly\n\n# News\n\nText.', 'Store Weekly'],
  ])(
    'may be missing: a line that the issue opens with goes before the heading of a section: %j',
    (source, title) => {
      const document = read(source);
      expect(document.title).toBe(title);
      expect(JSON.stringify(document.blocks)).not.toContain(title);
    },
  );

  it('does not take a first line of prose with a colon for front matter', () => {
    expect(read('Note: this is prose.\n').blocks).toMatchObject([{ kind: 'prose', line: 1 }]);
  });

  it('lets a Jekyll file name give the date, but not one that front matter has', () => {
    expect(read('---\ntitle: T\n---\nx', 'posts/2018-01-14-update.md')).toMatchObject({
      date: '2018-01-14',
      datetime: null,
    });
    expect(read('---\ntitle: T\ndate: 2018-01-15\n---\nx', '2018-01-14-update.md').date).toBe('2018-01-15');
  });

  it.each([
    ['Reports/2018/#3-2018.01.14.md', '2018-01-14'],
    ['store-weekly-20180114.md', '2018-01-14'],
    ['weekly_2018_01_14.md', '2018-01-14'],
    ['20180114/README.md', '2018-01-14'],
    ['content/store-weekly-20180114/index.md', '2018-01-14'],
    ['20180114/issue.md', null],
    ['store-2018011422.md', null],
    ['store-20181314.md', null],
    ['store-2018-1.14.md', null],
  ])('finds the date in a file name where it stands whole: %s', (file, date) => {
    expect(read('# T\n\nx', file).date).toBe(date);
  });

  it.each([
    '2022-02-29',
    '2022-13-01',
    '2022-04-31',
    '2022-08-05 25:00',
    '2024-04-17 14:4g5:00 -0000',
    '2022-08-05T12:61:00Z',
  ])('calls the date %s impossible at its line and never rolls it over', (date) => {
    const document = read(`---\ntitle: T\ndate: ${date}\n---\n\nText.\n`, '2022-03-01-x.md');
    expect(document.date).toBeNull();
    expect(rulesOf(document)).toEqual(['error 3 date-impossible']);
    expect(document.blocks).toHaveLength(1);
  });

  it('calls a date that is none unreadable', () => {
    expect(rulesOf(read('---\ntitle: T\ndate: soon\n---\nx'))).toEqual(['error 3 date-unreadable']);
  });

  it.each([
    ['2026-04-01 23:50:00 -0000', '2026-04-01'],
    ['2013-06-07 18:46', '2013-06-07'],
    ['2020-12-9', '2020-12-09'],
    ['2026/08/05', '2026-08-05'],
    ['2026年8月5日', '2026-08-05'],
    ['August 5, 2026', '2026-08-05'],
    ['Wed, 05 Aug 2026 10:00:00 +0200', '2026-08-05'],
    ['20260805', '2026-08-05'],
    ['2026－08－05', '2026-08-05'],
    ['2026-08-05T15：00：00＋08:00', '2026-08-05'],
    ['2026-08-05（周三）15:00', '2026-08-05'],
    ['2026年8月5日，星期三', '2026-08-05'],
    ['Wed Aug 05 2026 23:30:00 GMT+0800 (CST)', '2026-08-05'],
    ['2026-08-05 15:00:00 Asia/Shanghai', '2026-08-05'],
  ])('reads the date %s', (written, date) => {
    expect(read(`---\ntitle: T\ndate: ${written}\n---\nx`)).toMatchObject({ date, datetime: written });
  });

  it('mends a quote closed on a line of its own, with a warning at that line', () => {
    const document = read('---\ntitle: "T"\ndescription: "Two\n"\ndate: 2022-01-07\n---\nx');
    expect(document).toMatchObject({ title: 'T', summary: 'Two', date: '2022-01-07' });
    expect(rulesOf(document)).toEqual(['warning 4 front-matter-yaml']);
  });

  it('mends a nested quoted value that goes on at the margin', () => {
    const document = read(
      "---\ntitle: ! 'Issue #138'\nsponsor:\n    body: 'One\n<br />Two'\n    link: https://s.example\n---\nx",
    );
    expect(document.title).toBe('Issue #138');
    expect(document.extra.sponsor).toEqual({ body: 'One <br />Two', link: 'https://s.example' });
    expect(rulesOf(document)).toEqual(['warning 5 front-matter-yaml']);
  });

  it.each([
    ['title: Week 5: what is new', 'Week 5: what is new'],
    ['title: @ann writes', '@ann writes'],
    ["title: 'It's here'", "It's here"],
    ['title: "unclosed', 'unclosed'],
    ['title:No blank', 'No blank'],
    ['title: `code` first', '`code` first'],
    ['title: [周刊] No. 5', '[周刊] No. 5'],
    ['title： "Wide colon"', 'Wide colon'],
    ['  title: Indented', 'Indented'],
  ])('takes %s as it was meant, with a warning', (line, title) => {
    const document = read(`---\n${line}\ndate: 2022-01-07\n---\nx`);
    expect(document).toMatchObject({ title, date: '2022-01-07' });
    expect(rulesOf(document)).toEqual(['warning 2 front-matter-yaml']);
  });

  it('names the line of YAML that nobody can read, and still reads the body', () => {
    const document = read('---\ntitle: T\nx: [a, b\n---\n\nText.\n');
    expect(rulesOf(document)[0]).toMatch(/^error [34] front-matter-yaml$/);
    expect(document.blocks).toHaveLength(1);
  });

  it('refuses a key with two values, and warns of one given twice', () => {
    expect(rulesOf(read('---\ntitle: A\ntitle: B\n---\nx'))).toEqual(['error 3 front-matter-contradiction']);
    expect(rulesOf(read('---\ntitle: A\ntitle: A\n---\nx'))).toEqual(['warning 3 front-matter-duplicate']);
  });

  it('says so when it is never closed', () => {
    expect(rulesOf(read('---\ntitle: A\n\nText\n'))).toEqual(['error 1 front-matter-unclosed']);
  });

  it('may be fenced with too many hyphens, with a warning', () => {
    const document = read('----\ntitle: A\ndate: 2022-01-07\n----\n\nText\n\n----\n\nMore\n');
    expect(document).toMatchObject({ title: 'A', date: '2022-01-07' });
    expect(rulesOf(document)).toEqual(['warning 1 front-matter-fence', 'warning 4 front-matter-fence']);
    expect(rulesOf(read('---\ntitle: A\n----\n\nText\n'))).toEqual(['warning 3 front-matter-fence']);
  });

  it('is not made of a thematic break', () => {
    expect(read('---\n\n# T\n\nText\n').blocks.map(({ kind }) => kind)).toEqual(['divider', 'prose']);
  });

  it('is read behind a byte-order mark and with CRLF or lone CR line ends', () => {
    for (const end of ['\r\n', '\r']) {
      const document = read(`\uFEFF---${end}title: T${end}date: 2022-02-30${end}---${end}${end}Text`);
      expect(rulesOf(document)).toEqual(['error 3 date-impossible']);
      expect(document.blocks).toMatchObject([{ kind: 'prose', line: 6 }]);
    }
  });

  it('gives titles as plain text: no entities, no blanks around', () => {
    expect(read('---\ntitle: " A&amp;B &#39;c&#39; "\n---\nx').title).toBe("A&B 'c'");
  });

  it('keeps numbers as written', () => {
    expect(read('---\ntitle: 1.10\n---\nx').title).toBe('1.10');
  });

  it('says when there is no title at all', () => {
    expect(rulesOf(read('Just text.'))).toEqual(['error 1 title-missing']);
  });

  it('is blanked out of the body, so that lines are those of the file', () => {
    expect(read('---\ntitle: T\n---\n\n\n## Six\n').blocks).toMatchObject([{ kind: 'heading', line: 6 }]);
  });
});

describe('language', () => {
  it('is what front matter says, then what the newsletter speaks, then what the script tells', () => {
    expect(
      readIssue('---\ntitle: T\nlanguage: zh-CN\n---\nHello', { file: 'x.md', language: 'en' }).language,
    ).toBe('zh');
    expect(readIssue('---\ntitle: T\n---\n你好', { file: 'x.md', language: 'en' }).language).toBe('en');
    expect(read('---\ntitle: T\n---\n你好，世界 hello').language).toBe('zh');
    const code = `\`\`\`java\n${'int reading = settle(ledger);\n'.repeat(40)}\`\`\``;
    expect(read(`---\ntitle: T\n---\n${code}\n\n你好，世界`).language).toBe('zh');
    expect(read('---\ntitle: T\n---\nשלום עולם')).toMatchObject({ language: 'he', direction: 'rtl' });
  });
});
