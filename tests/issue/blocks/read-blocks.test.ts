import { describe, expect, it } from 'vitest';
import { readIssue } from '../../../src/issue/read.ts';
import { blockOf, htmlOf, readBody, rulesOf } from '../harness.ts';

const NBSP = '\u00a0';
const SECTION = '### 每周读者问答提炼\n\n欢迎大家向公众号留言提问或在群里与我们互动\n\n';

const askers = (markdown: string) => readBody(SECTION + markdown).outline.questions.map(({ asker }) => asker);

describe('reader questions', () => {
  it.each([
    '**1、@ann** 提问：',
    '**@ann** 提问：',
    '1、@ann 提问：',
    '**1.ann** 提问：',
    `**1、@ann**${NBSP}提问：`,
    `**1. ann**${NBSP}提问：`,
    `**1、@ann${NBSP}**提问：`,
    '@ann 提问：',
    '1.@ann 提问：',
    '1.**@ann** 提问：',
    '2、**@ann** 提问：',
    '3**、@ann** 提问：',
    '**1、@ann **提问：',
    '**@ann提问：**',
    '@ann提问：',
    '**@ann** 提问:',
    '**@ann** 提问',
    '**1. ann 提问** ',
    '**1. ann**',
    '**1、@ann**提问：',
    '**1.@ann  #123**',
    '**1. @ann #123** ',
    '**1.@ann** **#123**',
    '1. @ann #123',
    '2. @ann#642',
    '**@[ann](https://code.example/ann)** 提问：',
    '**1. Ann asks:**',
    '#### 1、@ann 提问：',
  ])('begin with the line %s', (header) => {
    const { questions } = readBody(`${SECTION}${header}\n\n>A question?\n\nA：An answer.\n`).outline;
    expect(questions).toHaveLength(1);
    expect(questions[0]?.asker.toLowerCase()).toBe('ann');
    expect(questions[0]?.answers).toBe(1);
  });

  it.each(['Cheng cheng', '我是一个小胖子', 'Noob~Xu', 'rust-rust'])('may come from %s', (name) => {
    expect(askers(`**1、@${name}** 提问：\n\n> q\n\nA：a`)).toEqual([name]);
  });

  it('count by asker: a topic above several askers is none', () => {
    const markdown =
      '**1、关于存储的几个问题：**\n\n**@ann** 提问：\n> q\n\nA：a\n\n**@bob** 提问：\n> q\n\nA：a\n\n**2、关于网络的几个问题：**\n\n**@cyd** 提问：\n> q\n\nA：a';
    expect(askers(markdown)).toEqual(['ann', 'bob', 'cyd']);
  });

  it('take the asker from the line below when the header names the project', () => {
    expect(askers('**1.@****STORE** **#123**\n\n@ann\n\n> q\n\nA：a')).toEqual(['ann']);
  });

  it('are dialogues: quotes and answers in turns', () => {
    const markdown = `${SECTION}**@ann** 提问：\n\n>one\n\nA：first\n\nmore of it\n\n- a list\n\n>two\n\nA：second\n\nStore：[https://s.example](https://s.example)`;
    const [question] = blockOf('qa', markdown).questions;
    expect(question?.turns.map(({ role }) => role)).toEqual(['question', 'answer', 'question', 'answer']);
    expect(htmlOf(question?.turns[1]?.content)).toMatch(/first.*more of it.*a list/s);
    expect(question?.source).toEqual({ label: 'Store', url: 'https://s.example' });
  });

  it('hold answers that are glued to the quote', () => {
    const markdown = `${SECTION}**@ann** 提问：\n\n> one\nA：first\n\n> two\n>![](https://i.example/1)\nA：second\n`;
    expect(readBody(markdown).outline.questions).toEqual([{ asker: 'ann', answers: 2, source: null }]);
  });

  it('keep pictures in, below and above their quote', () => {
    const markdown = `${SECTION}**@ann** 提问：\n\n![](https://i.example/0)\n\n> one\n![](https://i.example/1)\n\n![](https://i.example/2)\n\nA：yes`;
    const [question] = blockOf('qa', markdown).questions;
    expect(question?.turns.map(({ role }) => role)).toEqual(['question', 'answer']);
    expect(htmlOf(question?.turns[0]?.content).match(/<img/g)).toHaveLength(3);
  });

  it.each([
    'Store：[https://s.example](https://s.example)',
    '「Store」：[https://s.example](https://s.example)',
    '**「Store」**：*[https://s.example](https://s.example)*',
    '「**Store**」：[*https://s.example*](https://s.example)',
    '**「Store」：** *[https://s.example](https://s.example)*',
    '「Store」[https://s.example](https://s.example)',
    '「Store」：\n[https://s.example](https://s.example)',
    '「Store」：*https://s.example*',
    '「Store」：<https://s.example>',
  ])('end with the project line %j', (line) => {
    const { questions } = readBody(`${SECTION}**@ann** 提问：\n\n> q\n\nA：a\n\n${line}\n`).outline;
    expect(questions).toEqual([{ asker: 'ann', answers: 1, source: 'https://s.example' }]);
  });

  it.each([
    'A：a\nStore：[https://s.example](https://s.example)',
    'A：a\n<br />Store：[https://s.example](https://s.example)<br />',
  ])('find the project line glued to the answer: %j', (answer) => {
    const [question] = blockOf('qa', `${SECTION}**@ann** 提问：\n\n> q\n\n${answer}\n`).questions;
    expect(question?.source?.url).toBe('https://s.example');
    expect(htmlOf(question?.turns[1]?.content)).toBe('<p>A：a</p>');
  });

  it('may lack an answer, and prose before the first of them stays prose', () => {
    const { blocks, outline } = readBody(
      `${SECTION}**1.@ann  #7**\n\n>Please allow it.\n\n**「Store」**：*[https://s.example](https://s.example)*\n`,
    );
    expect(outline.questions).toEqual([{ asker: 'ann', answers: 0, source: 'https://s.example' }]);
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'prose', 'qa']);
  });

  it('are seen below any heading, or a bold line that stands for one', () => {
    expect(readBody('**每周读者问答提炼**\n\n**@ann** 提问：\n\n> q\n\nA：a').outline).toMatchObject({
      pseudoHeadings: ['每周读者问答提炼'],
      questions: [{ asker: 'ann' }],
    });
    expect(readBody('## Something\n\n**@ann** 提问：\n\n> q\n\nA：a').outline.questions).toHaveLength(1);
  });
});

describe('recommended reading', () => {
  const readings = (markdown: string) => readBody(`### 本周推荐阅读\n\n${markdown}`).outline.readings;
  const card = (n: number) => `[![图片](https://i.example/${n})](https://r.example/${n})`;
  const reading = (n: number, cover = true) => ({
    title: `Title ${n}`,
    url: `https://r.example/${n}`,
    cover: cover ? `https://i.example/${n}` : null,
  });

  it.each([
    ['a list of links', '- [Title 1](https://r.example/1)\n- [Title 2](https://r.example/2)', false],
    ['paragraphs of links', '[Title 1](https://r.example/1)\n\n[Title 2](https://r.example/2)', false],
    ['titles above linked covers', `Title 1\n\n${card(1)}\n\nTitle 2\n\n${card(2)}`, true],
    ['items above linked covers', `- Title 1\n\n${card(1)}\n\n- Title 2\n\n${card(2)}`, true],
    [
      'unlinked covers above links',
      '![](https://i.example/1)\n\n[Title 1](https://r.example/1)\n\n![](https://i.example/2)\n\n[Title 2](https://r.example/2)',
      true,
    ],
    [
      'linked covers above links',
      `${card(1)}\n\n[Title 1](https://r.example/1)\n\n${card(2)}\n\n[Title 2](https://r.example/2)`,
      true,
    ],
    [
      'links above linked covers',
      `[Title 1](https://r.example/1)\n\n${card(1)}\n\n[Title 2](https://r.example/2)\n\n${card(2)}`,
      true,
    ],
    [
      'covers and links in one paragraph',
      '![](https://i.example/1)\n[Title 1](https://r.example/1)\n\n![](https://i.example/2)\n[Title 2](https://r.example/2)',
      true,
    ],
    ['titles and covers in one paragraph', `Title 1\n${card(1)}\n\nTitle 2\n${card(2)}`, true],
  ])('is read from %s', (_, markdown, cover) => {
    expect(readings(markdown)).toEqual([reading(1, cover), reading(2, cover)]);
  });

  it('keeps what is said beside a link as its note', () => {
    const block = blockOf(
      'reading',
      '### Recommended reading\n\n- [Title 1](https://r.example/1): why to read it',
    );
    expect(htmlOf(block.readings[0]?.note)).toBe('<p>why to read it</p>');
  });

  it('ends with the code to scan, which is none of it', () => {
    const { outline, blocks } = readBody(
      '### 本周推荐阅读\n\n- [Title 1](https://r.example/1)\n\n欢迎扫码关注：\n\n>![](https://i.example/qr)',
    );
    expect(outline.readings).toHaveLength(1);
    expect(blocks.at(-1)).toMatchObject({
      kind: 'qr',
      text: '欢迎扫码关注：',
      image: { url: 'https://i.example/qr' },
    });
  });
});

describe('the other kinds', () => {
  it('a banner: standing title, picture, what it is about', () => {
    const headed =
      '## WEEKLY | 每周精选\n\n![图片](https://i.example/b)\n\n**Slogan**\n\nAbout.\n\n### Next\n\nx';
    expect(blockOf('banner', headed)).toMatchObject({
      title: 'WEEKLY | 每周精选',
      image: { url: 'https://i.example/b' },
    });
    const bold = '**WEEKLY | 每周精选**\n**Slogan**\n\n![b](https://i.example/b)\n\nAbout.\n\n### Next\n\nx';
    expect(blockOf('banner', bold)).toMatchObject({ title: 'WEEKLY | 每周精选' });
    const glued = 'WEEKLY | 每周精选\n同步进展\n![b](https://i.example/b)\nAbout.\n\n### Next\n\nx';
    expect(blockOf('banner', glued)).toMatchObject({
      title: 'WEEKLY | 每周精选',
      image: { url: 'https://i.example/b' },
    });
  });

  it('contributors: one picture, or people by name', () => {
    expect(readBody('### 社区本周 Contributor\n\n>![](https://i.example/c)').outline).toMatchObject({
      contributors: null,
      contributorImage: true,
    });
    const named = readBody(
      '## Contributors\n\n- [@ann](https://code.example/ann)\n- [@bob](https://code.example/bob)',
    ).outline;
    expect(named).toMatchObject({ contributors: ['ann', 'bob'], contributorImage: false });
    const welcomed = readBody('# New contributors (Thanks!)\n\nStore:\n\n- [ann](https://code.example/ann)');
    expect(welcomed.outline.contributors).toEqual(['ann']);
  });

  it('releases: name, version, changes, where to read more', () => {
    const markdown =
      '### 项目进展\n\n**本周发布详情如下：**\n**1、发布 Store v1.2.3，主要变更如下：**\n\n- one\n\n详细发布报告：\n[https://s.example/v1](https://s.example/v1)\n\n**2、Net 发布了 0.4 版本：**\n- two\n\n「详细参考」：[https://n.example](https://n.example)';
    expect(blockOf('releases', markdown).releases).toMatchObject([
      { name: 'Store', version: 'v1.2.3', url: 'https://s.example/v1' },
      { name: 'Net', version: '0.4', url: 'https://n.example' },
    ]);
    expect(
      blockOf('releases', '### Store 本周发布\n\n发布 1.3.10 版本，主要变更如下：\n\n#### Fixes\n\none')
        .releases,
    ).toMatchObject([{ name: 'Store', version: '1.3.10' }]);
  });

  it('an event and a meeting, by their labelled lines', () => {
    expect(
      blockOf(
        'event',
        '### 社区活动报名\n\nText.\n\n- **活动主题**：A talk\n- **活动时间**：5 月 1 日\n- **活动报名**：点击“[这里](https://e.example)”',
      ),
    ).toMatchObject({ topic: 'A talk', time: '5 月 1 日', url: 'https://e.example' });
    const meetings = readBody(
      '## 社区会议预告\n\n**Store：**\n\n**主题：**One\n\n**时间：**Monday\n\n**入会链接：**<https://m.example>\n\n**Net：**\n\n主题：Two\n\n时间：Friday',
    );
    expect(meetings.blocks.slice(1)).toMatchObject([
      { kind: 'meeting', topic: 'One', time: 'Monday', url: 'https://m.example' },
      { kind: 'meeting', topic: 'Two', time: 'Friday' },
    ]);
  });

  it('tasks: by project and level, though Markdown keeps them apart', () => {
    const markdown =
      '### 新手任务计划\n\nIntro.\n\nStore\n\n- Easy\n\ntask a\n\ntask b\n\n- Hard\n\ntask c\n\nNet\n\n- Easy\n\ntask d';
    expect(
      blockOf('tasks', markdown).groups.map(({ project, level, tasks }) => [project, level, tasks.length]),
    ).toEqual([
      ['Store', 'Easy', 2],
      ['Store', 'Hard', 1],
      ['Net', 'Easy', 1],
    ]);
  });

  it('pictures, quotes, code, tables and rules as Markdown has them', () => {
    const markdown =
      'a\n\n![i](https://i.example)\n\n> q\n\n```js\n1\n```\n\n|a|b|\n|-|-|\n|c|d|\n\n---\n\n[![i](https://i.example)](https://l.example)';
    expect(readBody(markdown).blocks.map(({ kind }) => kind)).toEqual([
      'prose',
      'image',
      'quote',
      'code',
      'table',
      'divider',
      'image',
    ]);
  });
});

describe('directives', () => {
  it('say outright what a block is', () => {
    const markdown = [
      ':::reading[Title]{url=https://r.example cover=https://i.example}\nWhy.\n:::',
      ':::tip[Hint]\ntext\n:::',
      ':::callout{tone=warning}\ntext\n:::',
      ':::button[Go]{url=https://b.example}\n:::',
      ':::video[Talk]{url=https://v.example cover=https://i.example}\n:::',
      ':::sponsor{url=https://s.example}\ntext\n:::',
      ':::event{topic=Meetup time="5 May"}\ntext\n:::',
      ':::qr[Scan]{image=https://i.example}\n:::',
      ':::qa\n**@ann** 提问：\n\n> q\n\nA：a\n:::',
    ].join('\n\n');
    const document = readBody(markdown);
    expect(document.messages).toEqual([]);
    expect(document.blocks).toMatchObject([
      {
        kind: 'reading',
        readings: [{ title: 'Title', url: 'https://r.example', cover: { url: 'https://i.example' } }],
      },
      { kind: 'callout', tone: 'tip', title: 'Hint' },
      { kind: 'callout', tone: 'warning' },
      { kind: 'button', label: 'Go', url: 'https://b.example' },
      { kind: 'video', title: 'Talk', url: 'https://v.example' },
      { kind: 'sponsor', url: 'https://s.example' },
      { kind: 'event', topic: 'Meetup', time: '5 May' },
      { kind: 'qr', text: 'Scan' },
      { kind: 'qa', questions: [{ asker: 'ann' }] },
    ]);
  });

  it('win over what would be inferred', () => {
    const markdown = '### 本周推荐阅读\n\n:::prose\n- [Title](https://r.example)\n:::';
    expect(readBody(markdown).blocks.map(({ kind }) => kind)).toEqual(['heading', 'prose']);
  });

  it('are reported when unknown, lacking or never closed, and keep their content', () => {
    const document = readBody(':::nope\nkept\n:::\n\n:::button\nno url\n:::\n\n:::tip\nopen');
    expect(rulesOf(document)).toEqual([
      'warning 6 directive-unknown',
      'warning 10 directive-unknown',
      'warning 14 directive-unclosed',
    ]);
    expect(JSON.stringify(document.blocks)).toMatch(/kept.*no url.*open/);
  });

  it('are the only way when front matter switches inference off', () => {
    const { blocks } = readBodyWithout('infer: false');
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'prose']);
    expect(readBodyWithout('infer: [qa]').blocks.map(({ kind }) => kind)).toEqual(['heading', 'prose']);
    expect(readBodyWithout('infer: [reading]').blocks.map(({ kind }) => kind)).toEqual([
      'heading',
      'reading',
    ]);
  });
});

function readBodyWithout(line: string) {
  return readIssue(`---\ntitle: T\n${line}\n---\n\n### 本周推荐阅读\n\n- [Title](https://r.example)\n`, {
    file: 'x.md',
  });
}
