/** What posts carry that were written for other tools: site generators and senders of mail. */
import { describe, expect, it } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { htmlOf, readBody } from './harness.ts';

const read = (source: string) => readIssue(source, { file: 'x.md' });

describe('front matter of a sender of mail', () => {
  it('has its subject as the title, and the day it was published', () => {
    const source = "---\nsubject: 'Weekly #7'\npublish_date: '2026-03-23T23:00:00Z'\n---\n\nText\n";
    expect(read(source)).toMatchObject({ title: 'Weekly #7', date: '2026-03-23', extra: {}, messages: [] });
  });

  it('keeps both for the theme where title and date are given', () => {
    const source = '---\ntitle: T\nsubject: S\ndate: 2026-08-05\npubDate: 2026-08-06\n---\n\nText\n';
    const { title, date, extra } = read(source);
    expect({ title, date, extra }).toEqual({
      title: 'T',
      date: '2026-08-05',
      extra: { subject: 'S', pubDate: expect.anything() },
    });
  });
});

describe('a definition right below a line of Liquid', () => {
  const body = '- See [the list][list] and [more][].\n\n{% include a.md %}\n{% include b.md\n  n="1" %}\n';
  const definitions = '[list]: https://l.example/\n[more]: /more/\n';

  it('defines, and the lines of what follows are told right', () => {
    const { outline, messages } = readBody(`${body}${definitions}\n[nowhere]()\n`);
    expect(outline).toMatchObject({ links: 3, bareUrls: 0 });
    expect(messages.find(({ rule }) => rule === 'link-empty')?.line).toBe(14);
  });

  it('defines where code is never closed', () => {
    const { outline } = readBody(`${body}${definitions}\n\`\`\`\ncode\n`);
    expect(outline).toMatchObject({ links: 2, codeBlocks: 1 });
  });

  it('is code within code, and text below text', () => {
    const code = '```\n{% x %}\n[a]: https://a.example\n```\n\n';
    const { outline, blocks } = readBody(`${code}Text\n[b]: https://b.example\n`);
    expect(outline).toMatchObject({ links: 0, bareUrls: 1 });
    expect(blocks[0]).toMatchObject({ kind: 'code', code: '{% x %}\n[a]: https://a.example' });
  });
});

describe('a tag alone in its line, with Markdown right below', () => {
  it('swallows no heading', () => {
    const { outline, blocks } = readBody(
      'Text\n\n<img src="https://i.example/a.png" width="200">\n## One\n\n<br>\n## Two\n\nText\n',
    );
    expect(outline.headings).toEqual(['One', 'Two']);
    expect(blocks.map(({ kind }) => kind)).toEqual(['prose', 'heading', 'heading', 'prose']);
  });

  it('swallows no link, and leaves nothing behind', () => {
    const { outline, blocks } = readBody(
      '<img src="https://i.example/a.png">\n*by [ann](https://a.example)*\n',
    );
    expect(outline.links).toBe(1);
    const [block] = blocks;
    expect(block?.kind === 'prose' && htmlOf(block.content)).toMatch(
      /^<p><img [^>]*>\s*<em>by <a [^>]*>ann<\/a><\/em><\/p>$/,
    );
  });

  it('is HTML with HTML below', () => {
    const { blocks } = readBody('<br>\n<p>Text</p>\n');
    expect(JSON.stringify(blocks)).not.toContain('<!--');
  });
});
