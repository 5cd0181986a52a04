import { describe, expect, it } from 'vitest';
import { blockOf, proseOf, readBody, rulesOf } from '../harness.ts';

const NBSP = '\u00a0';

describe('emphasis', () => {
  it.each([
    [
      `**Site:${NBSP}**[x](https://x.example)`,
      `<p><strong>Site:</strong>${NBSP}<a href="https://x.example">x</a></p>`,
    ],
    ['**Site: **[x](https://x.example)', '<p><strong>Site:</strong> <a href="https://x.example">x</a></p>'],
    ['**1、@ann **提了意见', '<p><strong>1、@ann</strong> 提了意见</p>'],
    ['**时间：**5 月', '<p><strong>时间：</strong>5 月</p>'],
    ['**《书名》**报名', '<p><strong>《书名》</strong>报名</p>'],
    ['`**code**` stays', '<p><code>**code**</code> stays</p>'],
    ['a stray one**', '<p>a stray one</p>'],
  ])('is bold where the editor meant it: %s', (markdown, html) => {
    expect(proseOf(markdown)).toBe(html);
  });

  it.each(['2 ** 3 ** 4', 'F**k', '\\*\\*plain\\*\\*'])('leaves %s alone', (markdown) => {
    expect(proseOf(markdown)).toContain('**');
  });

  it('leaves no asterisks in a heading', () => {
    expect(readBody('### Releases**\n\ntext').outline.headings).toEqual(['Releases']);
  });
});

describe('lines', () => {
  it('are joined without a blank between Han characters, and with one between words', () => {
    expect(proseOf('第一行的文字\n第二行的文字')).toBe('<p>第一行的文字第二行的文字</p>');
    expect(proseOf('one\ntwo')).toBe('<p>one two</p>');
  });

  it.each([
    ['时间：五月\n地点：杭州', 2],
    ['i. one\nii. two\niii. three', 3],
    ['1、一\n2、二\n3、三', 3],
    ['（1）一\n（2）二', 2],
    ['详细报告：\n[https://x.example](https://x.example)', 2],
    ['**每周精选**\n**欢迎互动**', 2],
    ['欢迎向我们留言提问\n我们会挑选问题\n在周报里回复', 3],
  ])('are kept where they carry meaning: %j', (markdown, lines) => {
    expect(proseOf(markdown).split('<br>')).toHaveLength(lines);
  });
});

describe('slips of the pen', () => {
  it('makes ###Title a heading, and leaves #hashtags', () => {
    expect(readBody('###Title\n\n#hashtag').outline.headings).toEqual(['Title']);
  });

  it('makes -文字 an item', () => {
    expect(proseOf('-第一\n-第二')).toContain('<li>第一</li>');
  });

  it('takes Liquid highlighting for code', () => {
    const block = blockOf(
      'code',
      '{% highlight swift %}\nlet a = 1\n\n# no heading\n{% endhighlight %}\n\nText',
    );
    expect(block).toMatchObject({ code: 'let a = 1\n\n# no heading', language: 'swift' });
  });

  it('warns of a fence that is never closed', () => {
    expect(rulesOf(readBody('```js\ncode\n'))).toEqual(['warning 6 code-unclosed']);
  });

  it('leaves colons in text alone: times, emoji names, generics', () => {
    expect(proseOf('At 12:30 :smile: a::b :x[y]')).toBe('<p>At 12:30 :smile: a::b :x[y]</p>');
  });

  it('takes one tilde for a tilde', () => {
    expect(proseOf('1~2 和 3~4')).toBe('<p>1~2 和 3~4</p>');
  });
});

describe('links', () => {
  it('end where a bare URL ends, not where the Chinese sentence does', () => {
    expect(proseOf('见 https://x.example/a，然后')).toBe(
      '<p>见 <a href="https://x.example/a">https://x.example/a</a>，然后</p>',
    );
    expect(proseOf('(see https://x.example/b_(c)).')).toContain('href="https://x.example/b_(c)"');
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
  ])('never lead to %s', (url) => {
    const html = proseOf(`[a](${url}) <a href="${url}">b</a> ![i](${url})`);
    expect(html).not.toContain('href');
    expect(html).not.toContain(url);
  });

  it.each([
    ['ttps://x.example/a', 'https://x.example/a'],
    ['hhttps://x.example', 'https://x.example'],
    ['ann@x.example', 'mailto:ann@x.example'],
    ['Label：https://x.example', 'https://x.example'],
    ['(https://x.example/1)', 'https://x.example/1'],
    ['www.x.example/1', 'https://www.x.example/1'],
  ])('are mended where one thing only can be meant, with a warning: %s', (written, meant) => {
    const document = readBody(`[a](<${written}>)`);
    expect(rulesOf(document)).toEqual(['warning 6 link-mended']);
    expect(proseOf(`[a](<${written}>)`)).toContain(`href="${meant}"`);
  });

  it('end in a bracket of Chinese keyboards, too, where Markdown finds no other', () => {
    const html = proseOf('见[a](https://a.example/1）和[b](https://b.example/2)。');
    expect(html).toContain('<a href="https://a.example/1">a</a>和<a href="https://b.example/2">b</a>');
    expect(rulesOf(readBody('（见[a](https://a.example/1））'))).toEqual(['warning 6 link-mended']);
    expect(rulesOf(readBody('[a](https://a.example/1）) `[b](https://b.example/2）`'))).toEqual([]);
  });

  it('are reported when empty or of a scheme nobody follows', () => {
    expect(rulesOf(readBody('[a]() and\n[b](gopher://x)'))).toEqual([
      'warning 6 link-empty',
      'warning 7 link-scheme',
    ]);
  });

  it('of names in angle brackets are names', () => {
    expect(readBody('### <SOFA:RPCLab/> 系列\n\nx').blocks[0]).toMatchObject({ text: '<SOFA:RPCLab/> 系列' });
  });

  it('resolve references wherever their definitions stand', () => {
    const document = readBody('[a][x] ![i][x]\n\n> [b][x]\n\n[x]: https://x.example');
    expect(document.outline).toMatchObject({ links: 2, images: 1 });
  });
});

describe('HTML in Markdown', () => {
  it('keeps what mail can show', () => {
    const html = proseOf(
      'H<sub>2</sub>O<br>x<sup>2</sup> <u>u</u> <ins>i</ins> <small>s</small> <span style="color:red">r</span>',
    );
    expect(html).toBe(
      '<p>H<sub>2</sub>O<br>x<sup>2</sup> <u>u</u> <ins>i</ins> <small>s</small> <span style="color: red">r</span></p>',
    );
  });

  it('holds Markdown between an opening and a closing tag', () => {
    const html = proseOf('<details>\n<summary>More</summary>\n\n- **a**\n\n</details>\n\nafter');
    expect(html).toMatch(
      /<details>\s*<summary>More<\/summary>\s*<ul>\s*<li><strong>a<\/strong><\/li>\s*<\/ul>\s*<\/details>/,
    );
  });

  it('drops comments, scripts, handlers and unsafe styles', () => {
    const html = proseOf(
      '<!-- [secret](mailto:a@b.example)\n\nmore -->\n\n<p onclick="x()" style="background:url(x);position:fixed;color:blue">a</p>\n\nb <script>alert(1)</script><img src="https://x.example/a.png" onerror="x()">',
    );
    expect(html).not.toMatch(/secret|onclick|onerror|alert|url\(|position/);
    expect(html).toContain('color: blue');
  });

  it.each([
    'Vec<u8>',
    'a <scope>b</scope>',
    '<mj-text>x</mj-text>',
    '<slot path="reader.email"></slot>',
    'Map<K, V>',
  ])('shows %s as text', (markdown) => {
    expect(
      proseOf(markdown)
        .replace(/&#x3C;/g, '<')
        .replace(/&#x26;lt;/g, '<'),
    ).toContain(markdown);
    expect(proseOf(markdown)).not.toMatch(/<(u8|scope|mj-text|slot|k)\b/i);
  });

  it('shows a block of unknown tags as text', () => {
    expect(proseOf('<mjml>\n<mj-raw>x</mj-raw>\n</mjml>')).toContain('&#x3C;mj-raw>');
  });

  it('makes a card of a video frame', () => {
    expect(
      blockOf('video', '<iframe title="Talk" src="//video.example/1?a=1&amp;b=2"></iframe>'),
    ).toMatchObject({
      title: 'Talk',
      url: 'https://video.example/1?a=1&b=2',
    });
    expect(rulesOf(readBody('<iframe src="javascript:alert(1)"></iframe>'))).toEqual([
      'warning 6 html-dropped',
    ]);
  });

  it('makes a picture of an <img> alone in its block', () => {
    expect(blockOf('image', '<img src="https://x.example/a.png" width=300 height="20%">').image).toEqual({
      url: 'https://x.example/a.png',
      alt: '',
      width: 300,
    });
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is what an issue may say
describe('slots', () => {
  it('are the declared ones, short or long, with a fallback', () => {
    expect(
      proseOf(
        '{{name}} {{ reader.name | friend }} {{name "my friend"}} {{email}} {{reader.attributes.city}}',
      ),
    ).toBe(
      '<p><slot path="reader.name"></slot> <slot path="reader.name" fallback="friend"></slot> <slot path="reader.name" fallback="my friend"></slot> <slot path="reader.email"></slot> <slot path="reader.attributes.city"></slot></p>',
    );
  });

  it('may be the target of a link', () => {
    expect(proseOf('[leave]({{link.unsubscribe}})')).toBe('<p><a data-slot="link.unsubscribe">leave</a></p>');
  });

  it('are literal in code, without a warning', () => {
    const document = readBody('`{{name}}`\n\n```\n{{name}} {{x}} {% y %}\n```');
    expect(JSON.stringify(document.blocks)).not.toContain('"slot"');
    expect(document.messages).toEqual([]);
  });

  it('of other programs are literal text, with a remark in prose', () => {
    const markdown = '{{ literally }} ${HOME} {{{name}}} {{reader.password}}';
    expect(proseOf(markdown)).toBe(`<p>${markdown}</p>`);
    expect(readBody(markdown).messages).toHaveLength(4);
  });
});

// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above
describe('footnotes and tasks', () => {
  it('number notes in the order they are called', () => {
    const markdown = 'a[^x] b[^y] c[^x]\n\n[^y]: second\n[^x]: first\n[^z]: never';
    expect(proseOf(markdown)).toBe('<p>a<sup>[1]</sup> b<sup>[2]</sup> c<sup>[1]</sup></p>');
    expect(JSON.stringify(blockOf('footnotes', markdown).content)).toMatch(/first.*second/);
  });

  it('print the boxes of a task list as characters', () => {
    expect(proseOf('- [x] done\n- [ ] open')).toMatch(/☑ done[\s\S]*☐ open/);
  });
});
