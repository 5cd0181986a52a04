/** What is not published on its site is not mailed: every generator's own words for that are obeyed, with their line. */
import { describe, expect, it } from 'vitest';
import { publicationHolds } from '../../../src/issue/document/publication.ts';
import { readIssue } from '../../../src/issue/read.ts';

const NOW = new Date('2026-12-01T12:00:00Z');
const read = (source: string, file = 'x.md', timezone?: string) => readIssue(source, { file, timezone });
const yaml = (line: string) => read(`---\ntitle: T\n${line}\n---\n\nText\n`);
const toml = (lines: string) => read(`+++\ntitle = "T"\n${lines}\n+++\n\nText\n`);
const saidBy = (document: ReturnType<typeof read>, now = NOW) =>
  publicationHolds(document, now).map(({ line, said }) => `${line}: ${said}`);

describe('an issue that its site keeps back is kept back', () => {
  it.each([
    ['Jekyll and Hexo', 'published: false'],
    ['Hugo', 'draft: true'],
    ['Pelican and Nikola', 'status: draft'],
    ['Pelican', 'status: skip'],
    ['Pelican', 'Status: hidden'],
    ['Nikola', 'status: private'],
    ['WordPress', 'status: pending'],
    ['Eleventy', 'eleventyExcludeFromCollections: true'],
    ['Eleventy', 'permalink: false'],
    ['Astro', 'draft: "true"'],
    ['Docusaurus', 'unlisted: true'],
    ['Obsidian Publish', 'publish: false'],
    ['a Chinese desk', 'status: 草稿'],
  ])('%s: %s', (_, line) => {
    const document = yaml(line);
    expect(saidBy(document)).toEqual([`3: ${line.replaceAll('"', '')}`]);
    expect(document.draft).toBe(true);
  });

  it.each([
    ['draft = true', '3: draft: true'],
    ['[extra]\ndraft = true', '4: draft: true'],
    ['[taxonomies]\ntags = ["a"]\ndraft = true', '5: draft: true'],
    ['[params]\ndraft = true', '4: draft: true'],
    ['[build]\nrender = "never"', '3: build.render: never'],
    ['[_build]\nlist = "never"', '3: _build.list: never'],
    ['[build]\nrender = false', '3: build.render: false'],
    ['headless = true', '3: headless: true'],
    ['render = false', '3: render: false'],
  ])('TOML of Hugo and Zola: %j', (lines, said) => {
    expect(saidBy(toml(lines))).toEqual([said]);
  });

  it.each(['_drafts/x.md', '/site/source/_drafts/x.md', 'blog\\_drafts\\2026\\x.md'])(
    'Jekyll and Hexo: the folder of drafts, %s',
    (file) => expect(saidBy(read('---\ntitle: T\n---\n\nText', file))).toEqual(['null: the folder _drafts']),
  );

  it.each([
    'published: true',
    'published: 2026-08-05',
    'draft: false',
    'status: published',
    'status: featured',
    'permalink: /a/',
    'eleventyExcludeFromCollections: [posts]',
    'build:\n  render: link',
    'date: 2027-01-01',
    'hidden: false',
  ])('but not for %j', (line) => {
    expect(saidBy(yaml(line))).toEqual([]);
  });
});

describe('a time of publication counts against the clock, in the zone of the newsletter', () => {
  it.each([
    'publishDate: 2027-01-01',
    'publish_date: 2027-01-01 08:00',
    'pubDate: Jan 1 2027',
    'published: 2027-01-01',
  ])('before %s nothing is sent', (line) => {
    expect(saidBy(yaml(line))).toHaveLength(1);
    expect(saidBy(yaml(line), new Date('2027-01-02'))).toEqual([]);
  });

  it.each(['expiryDate: 2026-11-30', 'unpublishdate: 2026-12-01T10:00:00Z'])(
    'after %s nothing is sent',
    (line) => {
      expect(saidBy(yaml(line))).toHaveLength(1);
      expect(saidBy(yaml(line), new Date('2026-11-29'))).toEqual([]);
    },
  );

  it('a moment without an offset is by the clock of the newsletter', () => {
    const source = '---\ntitle: T\npublishDate: 2026-12-01 20:00\n---\n\nText';
    expect(saidBy(read(source, 'x.md', 'Asia/Shanghai'))).toEqual([]);
    expect(saidBy(read(source, 'x.md', 'Europe/London'))).toHaveLength(1);
  });

  it('a moment that does not exist is an error at its line', () => {
    expect(yaml('expiryDate: 2026-02-30').messages).toMatchObject([
      { severity: 'error', line: 3, rule: 'date-impossible' },
    ]);
  });
});

describe("the newsletter's time zone decides the day", () => {
  it.each([
    ['2022-08-05T20:00:00Z', '2022-08-06'],
    ['2022-08-05 23:50:00 -0800', '2022-08-06'],
    ['2022-08-05T00:30:00+08:00', '2022-08-05'],
    ['2022-08-05 23:30:00', '2022-08-05'],
    ['2022-08-05', '2022-08-05'],
    ['Fri Aug 05 2022 20:00:00 GMT+0000 (Coordinated Universal Time)', '2022-08-06'],
    ['1659729600', '2022-08-06'],
  ])('%s is %s on a site in Shanghai', (written, day) => {
    const { date } = read(`---\ntitle: T\ndate: ${written}\n---\n\nText`, 'x.md', 'Asia/Shanghai');
    expect(date).toBe(day);
  });

  it('without a newsletter the day counts as written', () => {
    expect(yaml('date: 2022-08-05T20:00:00Z').date).toBe('2022-08-05');
    expect(yaml('date: 2022-08-05T00:30:00+08:00').date).toBe('2022-08-05');
  });
});
