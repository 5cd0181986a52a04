/** Shapes of real posts, written anew: each stands for a way in which an editor surprised the reader. */
import { describe, expect, it } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { blockOf, htmlOf, proseOf, readBody, rulesOf } from './harness.ts';

const QA = '### 每周读者问答提炼\n\n欢迎大家留言提问\n\n';
const STORE = '[https://code.example/store](https://code.example/store)';

function questionsOf(markdown: string): string[] {
  return readBody(QA + markdown).outline.questions.map(
    ({ asker, answers, source }) => `${asker} ${answers} ${source ?? '-'}`,
  );
}

describe('what a missing blank line folds into the quote above', () => {
  it('is taken out: the project line', () => {
    expect(questionsOf(`**1、@ann **提问：\n\n> q\n\nA：a\n\n> thanks\nStore：${STORE}\n`)).toEqual([
      'ann 1 https://code.example/store',
    ]);
  });

  it('is taken out: the header of the next question, whose quote goes on below', () => {
    const markdown = `**3、@ann** 提问：\n\n> q\n\nA：a\n\n> ![](https://i.example/1)<br/>\n**4、@bob** 提问：<br/>\n> first<br/>\n> **second**\n\nA：b\n\n「Store」：${STORE}`;
    expect(questionsOf(markdown)).toEqual(['ann 1 -', 'bob 1 https://code.example/store']);
    const [, bob] = blockOf('qa', QA + markdown).questions;
    expect(htmlOf(bob?.turns[0]?.content)).toMatch(/first.*<strong>second<\/strong>/s);
  });

  it('is taken out: a header without a number', () => {
    expect(questionsOf('**@ann** 提问：\n\n> q\n**@bob** 提问：\n> r\n\nA：b')).toEqual([
      'ann 0 -',
      'bob 1 -',
    ]);
  });

  it('is taken out: an answer, with the list that follows it', () => {
    const markdown = '**@ann** 提问：\n\n> one\nA：first：\n\n- x\n- y\n\n> two\n> \nA：second';
    expect(questionsOf(markdown)).toEqual(['ann 2 -']);
    expect(blockOf('qa', QA + markdown).questions[0]?.turns.map(({ role }) => role)).toEqual([
      'question',
      'answer',
      'question',
      'answer',
    ]);
  });

  it.each([
    ['> one：\n> 1. x\n> 2. y\nA：first\n\n> two\n\nA：second', 2],
    ['> > one\nA：first', 1],
    ['> - x\n>   - y\nA：first\n\n「Store」：x', 1],
    ['> - A：is a choice\n> - B：is another\n\nA：first', 1],
  ])('is taken out of a list or quote that the quote ends in: %j', (said, answers) => {
    expect(questionsOf(`**@ann** 提问：\n\n${said}`)).toEqual([`ann ${answers} -`]);
  });
});

describe('a paragraph that holds more than one turn', () => {
  it.each([
    ['> q\n\nA：a<br />A：b<br />\nStore：STORE', 'ann 2 https://code.example/store'],
    ['> q\n\nA：a</br>\nA：b', 'ann 2 -'],
    ['> q\n\nA：a\n\n> r\n\n![](https://i.example/1)\nA ：b', 'ann 2 -'],
    ['> q\n\nA：either：\nA：this\nB：or that', 'ann 1 -'],
  ])('is cut before each answer, not before choices: %j', (markdown, meant) => {
    expect(questionsOf(`**@ann** 提问：\n\n${markdown.replace('STORE', STORE)}`)).toEqual([meant]);
  });

  it('is cut before the header of the next question', () => {
    const markdown = `**1、@ann** 提问：\n\n> q\n\nA：a</br>\nStore：${STORE}</br>\n</br>\n**2、@bob** 提问：\n\n> r\n\nA：b</br>\n</br>\n### 本周推荐阅读\n\n- [T](https://x.example)`;
    expect(questionsOf(markdown)).toEqual(['ann 1 https://code.example/store', 'bob 1 -']);
  });
});

it('goes on below a project line while somebody still asks and is answered', () => {
  const markdown = `**@ann** 提问：\n\n> q\n\nA：a\n\nNet：[https://n.example](https://n.example)\n\n> r\n\nA：b\n\nStore：${STORE}\n\n> A motto that nobody answers.`;
  expect(questionsOf(markdown)).toEqual(['ann 2 https://code.example/store']);
});

describe('the project line of a question', () => {
  it.each([
    ['has the link in a paragraph of its own', `A：a\n\n「Store」：\n\n*${STORE}*`],
    ['has a line of thanks behind it', `A：a\nStore：${STORE}\n更多内容可以看下文。`],
    ['ends in a line break', `A：a<br />\nStore：${STORE}<br />\n`],
    [
      'stands behind text with a link of its own',
      `A：请看：${STORE.replaceAll('store', 'docs')}\n\nStore：${STORE}`,
    ],
    [
      'is not the example that an answer gives',
      `A：a\n\nStore 有相关的样例：[x](https://x.example)\n\n「Store」：${STORE}`,
    ],
    [
      'is not the demo that an answer gives',
      `A：a\nStore 相关 Demo：[x](https://x.example)\n\nStore：${STORE}`,
    ],
    ['is not the manual that an answer names', `A：a\n详细文档：[x](https://x.example)\n\nStore：${STORE}`],
  ])('%s', (_, rest) => {
    expect(questionsOf(`**@ann** 提问：\n\n> q\n\n${rest}\n`)).toEqual(['ann 1 https://code.example/store']);
  });
});

describe('a topic above askers', () => {
  it.each([
    '**1、关于 Store 的提问：**',
    '**4、关于线上直播：从一个例子开始体验提问回答**\n\n直播视频回顾：[x](https://x.example)',
    '**2、存储的几个问题：**',
  ])('is none of them, nor part of the answer before it: %j', (topic) => {
    const markdown = `**@ann** 提问：\n\n> q\n\nA：a\n\n${topic}\n\n**@bob 提问：**\n\n> r\n\nA：b\n\n**关于扩容：**\n\n> s\n\nA：c`;
    expect(questionsOf(markdown)).toEqual(['ann 1 -', 'bob 2 -']);
  });
});

describe('a question of an issue tracker', () => {
  it.each([
    ['**1.@STORE **#965 提问：\n\n@ann\n\n> q', 'ann'],
    ['**2.@STORE**#1320\n\n@ann\n\n> q', 'ann'],
    ['**3.@****STORE** **#2347**\n\n@ann\n\n> q', 'ann'],
    ['**1.@ann** #914\n\n> q', 'ann'],
    ['**2.@ann ** **#934**\n\n> q', 'ann'],
    ['**1.@ann-w  #916**\n\n>q\n- step\n- step\n![](https://i.example/1)', 'ann-w'],
  ])('%j is of %s', (head, asker) => {
    expect(questionsOf(`${head}\n\nA: a\n\n「**Store**」：[*https://s.example*](https://s.example)`)).toEqual(
      [`${asker} 1 https://s.example`],
    );
  });
});

describe('a header that Markdown takes for a list', () => {
  it('is one above its quote, with the number and without a mark before the name', () => {
    const markdown =
      '1. ann 提问：\n\n> q\n\nA：a\n\n2. bob 提问:\n> r\n\nA：b\n\n> s\n3. 陈 提问：\n> t\n\nA：c';
    expect(questionsOf(markdown)).toEqual(['ann 1 -', 'bob 1 -', '陈 1 -']);
  });

  it('is none within an answer: annotations in Java begin with the same mark', () => {
    expect(questionsOf('**@ann** 提问：\n\n> q\n\nA：use\n\n1. @Component\n2. @Bean\n\n> thanks')).toEqual([
      'ann 1 -',
    ]);
  });
});

describe('bold lines', () => {
  it('stand for headings in two pieces, with a colon inside, and behind a picture of contributors', () => {
    const markdown =
      '## 每周精选\n\n![](https://i.example/a)\n\n**SOFA** **社区会议预告** \n\n**时间：** 06 月 28 日\n\n **社区本周贡献** \n\n![](https://i.example/b)\n\n **Channel#33 预告**\n\n**![](https://i.example/c)\n\nText.\n\n **Store & More：新手任务计划**\n\nText.';
    expect(readBody(markdown).outline.pseudoHeadings).toEqual([
      'SOFA 社区会议预告',
      '社区本周贡献',
      'Channel#33 预告',
      'Store & More：新手任务计划',
    ]);
  });

  it('lose asterisks that nothing answers before the blanks at the end of a line', () => {
    const { outline, blocks } = readBody('### 项目进展**\u00a0\n\n**Text:\u00a0 \nmore\n');
    expect(outline.headings).toEqual(['项目进展']);
    expect(JSON.stringify(blocks)).not.toContain('**');
  });

  it('may end in a colon where they name a section: readings, questions, contributors', () => {
    const list = '- [ann](https://x.example/1)\n- [bob](https://x.example/2)';
    const { outline } = readBody(
      `Text.\n\n**推荐阅读：**\n\n${list}\n\n**新增 Contributor：**\n\n${list}\n\n**读者问答：**\n\n**@ann** 提问：\n\n> q\n\nA：a\n\n**议题：**\n\n${list}`,
    );
    expect(outline).toMatchObject({
      pseudoHeadings: ['推荐阅读：', '新增 Contributor：', '读者问答：'],
      readings: [{ title: 'ann' }, { title: 'bob' }],
      contributors: ['ann', 'bob'],
      questions: [{ asker: 'ann', answers: 1 }],
    });
  });

  it('that count what follows are no headings, though they hold the words of one', () => {
    const markdown = '### issue 精选\n\n**本周回复 issue 精选 3 条**\n\n**1.@ann #12**\n\n> q\n\nA：a';
    expect(readBody(markdown).outline).toMatchObject({ pseudoHeadings: [], questions: [{ asker: 'ann' }] });
  });

  it('that are never closed leave no asterisks at the end of a line', () => {
    const [block] = readBody('**详情如下：****\n**发布 **Store 1.4**，变更：**').blocks;
    expect(JSON.stringify(block)).not.toContain('**');
  });
});

describe('bold around nothing', () => {
  it.each([
    ['中****文', '中文'],
    ['****官网', '官网'],
    ['官网：****', '官网：'],
    ['F****k', 'F****k'],
    ['138****1234', '138****1234'],
    ['`****` is a mark', '`****` is a mark'],
  ])('leaves no asterisks in a title, a description and a preheader: %j', (written, read) => {
    const front = `title: "${written}"\ndescription: "${written}"\npreheader: "${written}"`;
    const { title, summary, preheader } = readIssue(`---\n${front}\n---\nText.`, { file: 'a.md' });
    expect([title, summary, preheader]).toEqual([read, read, read]);
  });

  it('is no title', () => {
    const document = readIssue('---\ntitle: "****"\n---\n# 标题\n\nText.', { file: 'a.md' });
    expect(document.title).toBe('标题');
  });

  it.each([
    ['[中****文](https://a.example/)', '>中文</a>'],
    ['See [****官网](https://a.example/) now', 'See <a href="https://a.example/">官网</a> now'],
    ['[**官网：** ****](https://a.example/)', '<strong>官网：</strong> </a>'],
    ['[F****k](https://a.example/)', '>F****k</a>'],
    ['[中\\*\\*\\*\\*文](https://a.example/)', '>中****文</a>'],
    ['[文**](https://a.example/)', '>文**</a>'],
  ])('leaves no asterisks in the label of a link: %s', (markdown, label) => {
    expect(proseOf(markdown)).toContain(label);
  });

  it.each([
    ['![中****文](https://a.example/1.png)', '中文'],
    ['![****](https://a.example/1.png)', ''],
    ['![F****k](https://a.example/1.png)', 'F****k'],
    ['![中\\*\\*\\*\\*文](https://a.example/1.png)', '中****文'],
    ['![the `****` mark](https://a.example/1.png)', 'the **** mark'],
  ])('leaves no asterisks in what a picture shows: %s', (markdown, alt) => {
    expect(blockOf('image', markdown).image.alt).toBe(alt);
  });

  it('leaves no asterisks in the cells of a table', () => {
    const table = blockOf(
      'table',
      '| **** | 中****文 |\n|---|---|\n| 官网：**** | [****文](https://a.example/) |',
    );
    expect(htmlOf(table.content)).not.toContain('*');
  });
});

describe('recommended reading', () => {
  const readings = (markdown: string) =>
    readBody(`### 本周推荐阅读\n\n${markdown}`).outline.readings.map(
      ({ title, url, cover }) => `${title} ${url}${cover ? ' with cover' : ''}`,
    );

  it('leaves a link out that leads nowhere', () => {
    expect(readings('- [链接]()[Title](/blog/x/)')).toEqual(['Title /blog/x/']);
  });

  it('takes the picture above a link as its cover, with and without a blank line', () => {
    const markdown =
      '![图片](https://i.example/1)\n[One](https://x.example/1)\n\n![图片](https://i.example/2)\n\n[Two](https://x.example/2)';
    expect(readings(markdown)).toEqual([
      'One https://x.example/1 with cover',
      'Two https://x.example/2 with cover',
    ]);
  });

  it('has its series below it, not the sections beside it', () => {
    const link = (n: number) => `- [T${n}](https://x.example/${n})\n\n`;
    const list = `#### 推荐阅读\n\n${link(1)}##### Store 系列\n\n${link(2)}##### Net 系列\n\n${link(3)}#### Store 系列\n\n${link(4)}`;
    const { outline } = readBody(list);
    expect(outline.readings.map(({ title }) => title)).toEqual(['T1', 'T2', 'T3']);
  });

  it('ends before an invitation to follow', () => {
    const { blocks, outline } = readBody(
      '### 本周推荐阅读\n\n[One](https://x.example/1)\n\n欢迎关注：\n\n![](https://i.example/q)',
    );
    expect(outline.readings).toHaveLength(1);
    expect(blocks.map(({ kind }) => kind)).toEqual(['heading', 'reading', 'qr']);
  });
});

describe('lists and marks slipped from the keyboard', () => {
  it('are levels of tasks without a blank behind the dash', () => {
    const { groups } = blockOf(
      'tasks',
      '### Store 新手任务计划\n\n**Store**\n\n-Easy\n\n写注释\n\n加 SDK\n\n-Medium\n\n升级 demo',
    );
    expect(groups.map(({ level, tasks }) => `${level} ${tasks.length}`)).toEqual(['Easy 2', 'Medium 1']);
  });

  it('are URLs that stop where a broken link goes on', () => {
    const { outline } = readBody('参考：[https://x.example/1127]9](https://x.example/1127]9)');
    expect(outline).toMatchObject({ links: 0, bareUrls: 2 });
  });
});

describe('the head of a file', () => {
  it('may open with two dashes, which the editor is told', () => {
    const document = readIssue('--\ntitle: "T"\ndate: 2021-02-12\n---\n\nText\n', { file: 'x.md' });
    expect(document).toMatchObject({ title: 'T', date: '2021-02-12' });
    expect(rulesOf(document)).toEqual(['warning 1 front-matter-fence']);
  });

  it('may have a stray mark before a key', () => {
    expect(readIssue('---\n？title: "T"\ndate: 2021-04-23\n---\n\nText\n', { file: 'x.md' }).title).toBe('T');
  });

  it('is no front matter where dashes are a line', () => {
    expect(readIssue('----\n\nText\n\n---\n', { file: 'x.md' }).blocks.map(({ kind }) => kind)).toEqual([
      'divider',
      'prose',
      'divider',
    ]);
  });

  it.each([
    ['2026-08-05-update.md', '2026-08-05'],
    ['posts/2026-08-05-update/index.md', '2026-08-05'],
    ['2026-08-05/README.md', '2026-08-05'],
    ['2026-02-30-update.md', null],
    ['posts/issue-12/index.md', null],
  ])('gives no date, its name %s does: %s', (file, date) => {
    expect(readIssue('---\ntitle: T\n---\n\nText', { file }).date).toBe(date);
  });
});
