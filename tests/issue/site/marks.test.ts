/** Marks that generators and note-takers add to Markdown: each shows what it shows there, and none is printed. */
import { describe, expect, it } from 'vitest';
import { blockOf, htmlOf, proseOf, readBody } from '../harness.ts';

const blocksOf = (markdown: string) => {
  const { blocks, messages } = readBody(markdown);
  expect(messages).toEqual([]);
  return blocks;
};

describe('attribute lists are taken away', () => {
  it.each([
    ['{: .lead}\nText', '<p>Text</p>'],
    ['Text\n{: .lead #x data-a="b c"}', '<p>Text</p>'],
    ['Text\n{:.lead}\nMore', '<p>Text More</p>'],
    ['Text\n\n{: .lead}\n\nMore', '<p>Text</p><p>More</p>'],
    ['{:note: .box title="x"}\n\nText', '<p>Text</p>'],
    ['[a](https://x.example){:target="_blank"}', '<p><a href="https://x.example">a</a></p>'],
    ['[a](https://x.example){target=_blank} b', '<p><a href="https://x.example">a</a> b</p>'],
    ['[a](https://x.example){: .btn .btn-primary}{: #x}', '<p><a href="https://x.example">a</a></p>'],
    ['a *b*{: .red} c', '<p>a <em>b</em> c</p>'],
    ['a **b**{.red} c', '<p>a <strong>b</strong> c</p>'],
    ['`a`{:.language-ruby} c', '<p><code>a</code> c</p>'],
    [
      'a ![p](https://x.example/p.png){width=50%} c',
      '<p>a <img src="https://x.example/p.png" alt="p"> c</p>',
    ],
    ['[words]{.red} c', '<p>words c</p>'],
    ['Text {.red}', '<p>Text</p>'],
    ['Text {#anchor}', '<p>Text</p>'],
    ['- item {.x}\n- {:.y} more\n{: .z}', '<ul>\n<li>item</li>\n<li>more</li>\n</ul>'],
    ['> quote\n{: .x}', ''],
    ['* TOC\n{:toc}\n\nText', '<p>Text</p>'],
    ['1. Contents\n{:toc .big}\n\nText', '<p>Text</p>'],
    ['中文 [链接](https://x.example){: .a}，后文', '<p>中文 <a href="https://x.example">链接</a>，后文</p>'],
  ])('%j', (source, html) => expect(proseOf(source)).toBe(html));

  it.each([
    '## H {#id}',
    '## H {#id .class}',
    '## H ## {#id}',
    '## H {: .no_toc }',
    '## H {: #id}',
    '## H {.x key=value}',
    '## H {key="v w"}',
  ])('of a heading: %s', (source) =>
    expect(blocksOf(source)).toMatchObject([{ kind: 'heading', text: 'H' }]),
  );

  it('of pictures, tables and code', () => {
    expect(blocksOf('![p](https://x.example/p.png){: .wide}')).toMatchObject([{ kind: 'image' }]);
    expect(htmlOf(blockOf('table', '| a | b |\n|---|---|\n| 1 | 2 |\n{: .table}').content)).not.toMatch(
      /\{|<td><\/td>/,
    );
    for (const info of ['{.python .wide}', ' {.python}', 'python {linenos=table}', '{python}', 'python{1,3}'])
      expect(blocksOf(`\`\`\`${info}\nx {: .lead}\n\`\`\``)).toMatchObject([
        { code: 'x {: .lead}', language: 'python' },
      ]);
  });

  it.each([
    ['`{: .lead}` `{#id}`', '<p><code>{: .lead}</code> <code>{#id}</code></p>'],
    ['\\{: .lead}', '<p>{: .lead}</p>'],
    ['$x_{i}$ and {a=b}', '<p>$x_{i}$ and {a=b}</p>'],
    ['set {1, 2, 3}', '<p>set {1, 2, 3}</p>'],
    ['{{name}}', '<p><slot path="reader.name"></slot></p>'],
    ['a {: not a list!}', '<p>a {: not a list!}</p>'],
    ['    {: .lead}', ''],
  ])('and nothing else: %j', (source, html) => expect(proseOf(source)).toBe(html));
});

describe('boxes of other tools are callouts', () => {
  it.each<[string, string, string | undefined, string]>([
    ['> [!NOTE]\n> Text', 'note', undefined, '<p>Text</p>'],
    ['> [!TIP]\n> Text', 'tip', undefined, '<p>Text</p>'],
    ['> [!IMPORTANT]\n> Text', 'important', undefined, '<p>Text</p>'],
    ['> [!WARNING]\n> Text', 'warning', undefined, '<p>Text</p>'],
    ['> [!CAUTION]\n> Text', 'caution', undefined, '<p>Text</p>'],
    ['> [!note]\n>\n> Text', 'note', undefined, '<p>Text</p>'],
    ['> [!NOTE]  \n> Text', 'note', undefined, '<p>Text</p>'],
    ['> [!tip] 标题\n> 内容', 'tip', '标题', '<p>内容</p>'],
    ['> [!faq]- Is **it**?\n> Yes', 'note', 'Is it?', '<p>Yes</p>'],
    ['> [!danger]+\n> Text', 'caution', 'Danger', '<p>Text</p>'],
    ['> [!unheard-of] T\n> Text', 'note', 'T', '<p>Text</p>'],
    ['> [!info|wide]\n> Text', 'note', 'Info', '<p>Text</p>'],
    ['!!! note "Title"\n    Text', 'note', 'Title', '<p>Text</p>'],
    ['!!! note\n\n    Text\n\n    More\n', 'note', undefined, '<p>Text</p><p>More</p>'],
    ["??? warning 'T'\n    Text", 'warning', 'T', '<p>Text</p>'],
    ['???+ tip "标题"\n    - a', 'tip', '标题', '<ul>\n<li>a</li>\n</ul>'],
    ['!!! danger highlight "T"\n    Text', 'caution', 'T', '<p>Text</p>'],
    ['::: tip Title\nText\n:::', 'tip', 'Title', '<p>Text</p>'],
    ['::: tip\nText\n:::', 'tip', undefined, '<p>Text</p>'],
    ['::: warning 注意 [x]\n内容\n:::', 'warning', '注意 [x]', '<p>内容</p>'],
    [':::tip Title\nText\n:::', 'tip', 'Title', '<p>Text</p>'],
    [':::tip{title="T"}\nText\n:::', 'tip', 'T', '<p>Text</p>'],
    [':::tip[T]\nText\n:::', 'tip', 'T', '<p>Text</p>'],
    ['::: danger STOP\nText\n:::', 'caution', 'STOP', '<p>Text</p>'],
    ['::: details More\nText\n:::', 'note', 'More', '<p>Text</p>'],
    ['::: {.callout-note title="T"}\nText\n:::', 'note', 'T', '<p>Text</p>'],
    ['::: {.warning}\nText\n:::', 'warning', undefined, '<p>Text</p>'],
    [':::: info\nText\n::::', 'note', undefined, '<p>Text</p>'],
  ])('%j', (source, tone, title, html) => {
    const [block, ...more] = blocksOf(source);
    expect(more).toEqual([]);
    expect(block).toMatchObject({ kind: 'callout', tone });
    if (block?.kind !== 'callout') return;
    expect(block.title).toBe(title);
    expect(htmlOf(block.content)).toBe(html);
  });

  it('with code and text around them, at their lines', () => {
    const blocks = blocksOf(
      '!!! note "T"\n    ```js\n    let a\n    ```\n\nText below.\n\n> [!NOTE]\n> Text',
    );
    expect(blocks).toMatchObject([
      { kind: 'callout', line: 6 },
      { kind: 'prose', line: 11 },
      { kind: 'callout', line: 13 },
    ]);
    expect(JSON.stringify(blocks[0])).toContain('let a');
  });

  it('but within a list it is a quote with a bold title, and in code it is code', () => {
    expect(proseOf('- a\n\n  > [!TIP]\n  > b')).toContain('<p><strong>Tip</strong></p>\n<p>b</p>');
    expect(blocksOf('```\n> [!NOTE]\n!!! note "x"\n    y\n::: tip T\n```')).toMatchObject([{ kind: 'code' }]);
    expect(blocksOf('> \\[!NOTE]\n> Text')).toMatchObject([{ kind: 'quote' }]);
    expect(proseOf('Wow!!! note that.')).toBe('<p>Wow!!! note that.</p>');
  });
});

describe('Markdown inside elements that ask for it', () => {
  it.each([
    ['<div markdown="1">\n**x**\n</div>', '<div>\n<p><strong>x</strong></p></div>'],
    ['<div markdown="1" class="a">**x**</div>', '<div>\n<p><strong>x</strong></p></div>'],
    ["<section markdown='block'>\n\n- x\n\n</section>", '<section>\n<ul>\n<li>x</li>\n</ul>\n</section>'],
    ['<p markdown="span">**x**</p>', '<p>\n<strong>x</strong></p>'],
    ['<div markdown>\n  **x**\n</div>', '<div>\n<p><strong>x</strong></p></div>'],
  ])('%j', (source, html) => {
    expect(
      proseOf(source)
        .replace(/\s*\n\s*/g, '\n')
        .replace(/\n(?=<\/(?:div|p)>)/g, ''),
    ).toBe(html);
  });

  it('in details, cells, and elements within them', () => {
    const details = proseOf('<details markdown="1"><summary>S</summary>\n**x**\n\n- a\n</details>');
    expect(details).toMatch(/<summary>S<\/summary>\s*<p><strong>x<\/strong><\/p>\s*<ul>\s*<li>a<\/li>/);
    const cell = proseOf('<table><tr><td markdown="1">**x**</td><td>**y**</td></tr></table>');
    expect(cell).toContain('<strong>x</strong>');
    expect(cell).toContain('**y**');
  });
});

describe('lists and tables of kramdown', () => {
  it.each([
    ['Term\n:   Text', '<dl><dt>Term</dt><dd>Text</dd></dl>'],
    ['术语\n: 甲\n: **乙**', '<dl><dt>术语</dt><dd>甲</dd><dd><strong>乙</strong></dd></dl>'],
    ['A\nB\n: c', '<dl><dt>A</dt><dt>B</dt><dd>c</dd></dl>'],
    ['A\n: a\n\nB\n: b', '<dl><dt>A</dt><dd>a</dd><dt>B</dt><dd>b</dd></dl>'],
    ['A\n\n:   a', '<dl><dt>A</dt><dd>a</dd></dl>'],
  ])('definitions: %j', (source, html) => expect(proseOf(source)).toBe(html));

  it.each([
    ['时间: 5\n:30 x', '<p>时间: 5 :30 x</p>'],
    [': alone', '<p>: alone</p>'],
  ])('but not %j', (source, html) => expect(proseOf(source)).toBe(html));

  it('abbreviations say what they mean, and their lines go', () => {
    const source = 'HTML and `HTML` by the W3C, XHTML not.\n\n*[HTML]: Hyper Text\n*[W3C]: World Wide Web';
    expect(proseOf(source)).toBe(
      '<p><abbr title="Hyper Text">HTML</abbr> and <code>HTML</code> by the <abbr title="World Wide Web">W3C</abbr>, XHTML not.</p>',
    );
  });

  it('rows without a header are a table without one', () => {
    const html = htmlOf(blockOf('table', '| a | b |\n| c | **d** |').content);
    expect(html.replace(/\n/g, '')).toBe(
      '<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td><strong>d</strong></td></tr></tbody></table>',
    );
    expect(htmlOf(blockOf('table', '|  |  |\n|--|--|\n| a | b |').content)).not.toContain('<thead>');
    expect(proseOf('| one | line |')).toBe('<p>| one | line |</p>');
  });

  it('columns keep their alignment, above the styles of a theme', () => {
    const html = htmlOf(blockOf('table', '| a | b | c |\n|:-:|--:|---|\n| 1 | 2 | 3 |').content);
    expect(html).toContain('<td align="center" style="text-align: center">1</td>');
    expect(html).toContain('<td align="right" style="text-align: right">2</td>');
    expect(html).toContain('<td>3</td>');
  });
});

describe('bold around nothing, as visual editors leave it behind, prints no stars', () => {
  it.each([
    ['主题：****Dubbo', '<p>主题：Dubbo</p>'],
    ['SOFATracer **** v3', '<p>SOFATracer  v3</p>'],
    ['报名****方式', '<p>报名方式</p>'],
    ['F****k', '<p>F****k</p>'],
    ['138****1234', '<p>138****1234</p>'],
    ['138 **** 1234', '<p>138 **** 1234</p>'],
    ['密码 ****** 六位', '<p>密码 ****** 六位</p>'],
    ['`a **** b`', '<p><code>a **** b</code></p>'],
    ['a \\*\\*\\*\\* b', '<p>a **** b</p>'],
  ])('%j', (source, html) => expect(proseOf(source)).toBe(html));
});

it.each([
  '> [!warning]\n> outer\n>\n> > [!TIP]\n> > inner',
  ':::: warning\nouter\n\n::: tip\ninner\n:::\n::::',
  '> [!warning]\n> outer\n>\n> > [!HINT] Tip\n> > inner',
])('a box within a box keeps its title: %j', (source) => {
  expect(JSON.stringify(blocksOf(source))).toMatch(/outer.*"blockquote".*"strong".*"Tip".*inner/);
});

it.each([
  ['now ~~$200~~ $100', 'now $100'],
  ['now <del>$200</del> *$100*', 'now $100'],
  ['10<sup>6</sup> H<sub>2</sub>O', '10⁶ H₂O'],
  ['价格~~两百元~~一百元', '价格一百元'],
  ['List<String> & co', 'List<String> & co'],
])("a picture's alternative %j says what is valid", (alt, said) => {
  expect(blocksOf(`![${alt}](https://x.example/p.png)`)).toMatchObject([{ image: { alt: said } }]);
});
