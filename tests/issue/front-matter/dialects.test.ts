/** Front matter that other tools write in forms of their own: none of it is printed, all of it is obeyed. */
import { describe, expect, it } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';
import { htmlOf, rulesOf } from '../harness.ts';

const read = (source: string) => readIssue(source, { file: 'x.md' });
const textOf = ({ blocks }: ReturnType<typeof read>) =>
  blocks.map((block) => ('content' in block ? htmlOf(block.content) : block.kind)).join('');

describe.each([
  [
    'JSON of Hugo',
    '{\n\t"title": "T",\n  "date": "2026-08-05",\n  "draft": true,\n  "tags": ["a", "b"]\n}\n\nText\n',
  ],
  [
    'JSON of Hugo, its brace below',
    '{"title": "T {x} \\"}\\"",\n"date": "2026-08-05", "draft": true, "tags": ["a","b"]\n}\nText\n',
  ],
  [
    'JSON of Hexo',
    '"title": "T",\n"date": "2026/8/5 20:46:25",\n"draft": true,\n"tags": ["a", "b"],\n;;;\nText\n',
  ],
  [
    'JSON of Hexo between fences',
    ';;;\n"title": "T",\n"date": "2026-08-05",\n"draft": true,\n"tags": ["a", "b"]\n;;;\nText\n',
  ],
  [
    '---json',
    '---json\n{ "title": "T", "date": "2026-08-05", "draft": true, "tags": ["a", "b"] }\n---\n\nText\n',
  ],
  ['---toml', '---toml\ntitle = "T"\ndate = 2026-08-05\ndraft = true\ntags = ["a", "b"]\n---\n\nText\n'],
  ['--- yaml', '--- yaml\ntitle: T\ndate: 2026-08-05\ndraft: true\ntags: [a, b]\n---\n\nText\n'],
  [
    'a comment of Nikola',
    '<!--\n.. title: T\n.. slug: t\n.. date: 2026-08-05 19:52:05 UTC\n.. tags: a, b\n.. status: draft\n-->\n\nText\n',
  ],
  [
    'a comment of Nikola in a line',
    '<!-- .. title: T\n.. date: 2026-08-05\n.. tags: a,b\n.. status: private -->\nText\n',
  ],
  ['bare lines of Nikola', '.. title: T\n.. date: 2026-08-05\n.. tags: a, b\n.. status: draft\n\nText\n'],
  ['lines of Pelican', 'Title: T\nDate: 2026-08-05 10:20\nTags: a, b\nStatus: draft\n\nText\n'],
  [
    'lines of Hexo above a fence',
    'title: T\ndate: 2026-08-05\ntags:\n  - a\n  - b\npublished: false\n---\nText\n',
  ],
  ['lines of MultiMarkdown', 'title: T\ndate: 2026-08-05\ntags: a, b\ndraft: true\n\nText\n'],
])('%s', (_, source) => {
  it('is read with title, date, tags and draft, and is not printed', () => {
    const document = read(source);
    expect(document).toMatchObject({ date: '2026-08-05', draft: true, tags: ['a', 'b'], messages: [] });
    expect(document.title).toMatch(/^T/);
    expect(textOf(document)).toBe('<p>Text</p>');
    const line = source.split('\n').indexOf('Text') + 1;
    expect(document.blocks).toMatchObject([{ kind: 'prose', line }]);
  });
});

describe('front matter that cannot be read', () => {
  it('as JSON is an error with its line', () => {
    expect(rulesOf(read('{\n  "title": "T",\n  "date" "2026"\n}\n\nText'))).toContain(
      'error 3 front-matter-json',
    );
    expect(rulesOf(read('{\n  "title": "T",\n\nText'))).toContain('error 1 front-matter-unclosed');
  });

  it('as a script of Eleventy is an error, and the script is not printed', () => {
    const document = read('---js\nconst title = "T";\n---\n\n# T\n\nText');
    expect(rulesOf(document)).toEqual(['error 1 front-matter-script']);
    expect(textOf(document)).toBe('<p>Text</p>');
  });
});

describe('what looks like a header and is none', () => {
  it.each([
    ['{% include a.html %}\n\n# T\n\nText'],
    ['{{name}}, hello\n\n# T'],
    ['<!-- a comment -->\n\n# T\n\nText'],
    ['"title" is a word\n\n# T'],
  ])('%j stays the body', (source) => {
    expect(read(source).title).toBe('T');
  });
});

describe('the cover', () => {
  const coverOf = (lines: string) => {
    const { cover, coverAlt, preheader } = read(`---\ntitle: T\n${lines}\n---\n\nText`);
    return [cover, coverAlt ?? null, preheader];
  };
  it.each<[string, unknown[]]>([
    ['cover: false', [null, null, null]],
    ['cover: none', [null, null, null]],
    ['cover: false\nfeatured_image: /a.png', [null, null, null]],
    ['cover: true\nthumbnail: /t.png', ['/t.png', null, null]],
    ['cover: pier.png', ['pier.png', null, null]],
    ['cover:\n  image: /img/pier.jpg\n  alt: The pier\n  caption: C', ['/img/pier.jpg', 'The pier', null]],
    ['cover:\n  image: pier.jpg\n  caption: At noon', ['pier.jpg', 'At noon', null]],
    ['cover:\n  image: pier.jpg\n  hidden: true', [null, null, null]],
    ['image:\n  src: ./pier.webp\n  alt: A', ['./pier.webp', 'A', null]],
    ['image:\n  path: /pier.png', ['/pier.png', null, null]],
    ['images: [pier.png, b.png]', ['pier.png', null, null]],
    ['images: []', [null, null, null]],
    ['featured_image: https://i.example/pier', ['https://i.example/pier', null, null]],
    ['featuredImage: pier.png\nfeaturedImageAlt: A', ['pier.png', 'A', null]],
    ['heroImage: ../../assets/pier.jpg', ['../../assets/pier.jpg', null, null]],
    ['header:\n  teaser: /assets/teaser.jpg', ['/assets/teaser.jpg', null, null]],
    ['header:\n  overlay_image: /o.jpg', ['/o.jpg', null, null]],
    ['og_image: /og.png', ['/og.png', null, null]],
    ['top_img: linear-gradient(20deg, #0062be, #925696)', [null, null, null]],
    ['banner: Big sale', [null, null, null]],
    ['preview: pier.png', ['pier.png', null, null]],
    ['preview: See the new pier', [null, null, 'See the new pier']],
    ['preheader: pier.png', [null, null, 'pier.png']],
  ])('%j', (lines, expected) => {
    expect(coverOf(lines)).toEqual(expected);
  });

  it('of "false" is said of words too: no false author, summary or preheader', () => {
    const document = read(
      '---\ntitle: T\nauthor: false\ndescription: false\npreheader: false\ntags: false\n---\n\nText',
    );
    expect(document).toMatchObject({ authors: [], summary: null, preheader: null, tags: [] });
  });
});
