/** One issue for each shape and hazard that weeklies are known for, written anew; by name. */

const FRONT =
  '---\ntitle: "Store Weekly | Two things"\ndate: 2026-08-05T15:00:00+08:00\ncover: "https://i.example/c.png"\n---\n\n';
const QA = '### 每周读者问答提炼\n\n欢迎大家留言提问\n\n';
const NBSP = '\u00a0';
const STORE = '「Store」：[https://code.example/store](https://code.example/store)';

const bodies: Record<string, string> = {
  banner: `**STORE WEEKLY | 每周精选**\n\n**同步进展，欢迎留言**\n\n![weekly.jpg](https://i.example/b.jpg)\n\nStore（**S**ome **T**hing）是一个项目。\n\n**官网:${NBSP}**[https://w.example](https://w.example)\n\n**代码:** *[https://code.example](https://code.example)*\n\n### 本周\n\n文字。`,
  'qa dialogue': `${QA}**1、@ann${NBSP}**提问：\n\n>怎么用？\n>![](https://i.example/1)\n\nA：看\`doc\`。\n\n>还有？\n\nA：有：\n\n- 一\n- 二\n\n${STORE}\n`,
  'qa glued answers': `${QA}**@ann** 提问：\n\n> 一？\nA：甲\n\n> 二？\n![](https://i.example/1)\nA：乙\n\nStore：[u](https://code.example)`,
  'qa of an issue tracker': `**GitHub issue 精选**\n\n**1.@****STORE** **#12**\n\n@ann\n\n> 为何？\n>\n> 详情\n\nA：因为。\n\n${STORE}`,
  'qa with topics': `${QA}**1、关于 Store 的几个问题：**\n\n**@ann 提问：**\n\n> q\n\nA：a\n\n**@bob** 提问：\n> r\n\nA：b`,
  'reading lists':
    '### 本周推荐阅读\n\n- [One](/blog/one/)\n- [Two](http://m.example/s?__biz=M==&mid=1&scene=21)\n\n### 系列阅读\n\n1、[Three](https://x.example/3)\n\n欢迎扫码关注：\n\n>![](https://i.example/qr)',
  'reading cards':
    '### 本周推荐阅读\n\nOne\n\n[![图片](https://i.example/1)](https://x.example/1)\n\n- Two\n\n[![](https://i.example/2)](https://x.example/2)\n\n![图片](https://i.example/3)\n\n[Three](https://x.example/3)',
  contributors:
    '### 社区本周贡献\n\n![图片](https://i.example/p.png)\n\n## Contributors\n\n- [@ann](https://code.example/ann)\n- [@bob](https://code.example/bob)',
  tasks:
    '### Store 新手任务计划\n\n为了帮助大家\n\n**Store**\n\n- Easy\n\n写注释\n\n加 SDK\n\n- Medium\n\n升级\n\n「详细参考」：\n\nhttps://code.example/1',
  releases:
    '### 项目进展\n\n**本周发布详情如下：**\n\n**1、发布 Store v1.2 版本，主要变更如下：**\n\ni. 修复\nii. 优化\n详细发布报告：\n[https://code.example/r](https://code.example/r)',
  event:
    '### 社区直播报名\n\n![live](https://i.example/l.png)\n\n**主题**：如何\n**时间**：2026 年 8 月 12 日（周三）19:00-20:00\n**报名方式**：点击“[这里](https://x.example/live)”，即可报名',
  meeting:
    '**社区会议预告**\n\n**Store：**\n\n**主题：**例会\n\n**时间：**8 月 10 日 14:00 - 15:00\n\n**入会链接：**[dingtalk://x](dingtalk://x)\n\n**议题：**\n\n- 一\n  \n  - 二\n\n    - 三',
  directives:
    ':::tip[Mind]\nText\n:::\n\n:::button{url=https://x.example label="Go"}\n:::\n\n:::video{url=https://v.example title=V}\n:::\n\n:::sponsor{url=https://s.example}\nThanks\n:::\n\n:::unknown\nkept\n:::',
  'bold not closed': `**时间：**5 月 **《书名》**报名 **名字 **提问 **A:${NBSP}**[x](https://x.example) F**k 2 ** 3 **\n\n**甲** **乙**丙`,
  'headings of all kinds':
    '# One\n\n###Two\n\n### **Three** ###\n\nFour\n====\n\n### [Five](https://x.example)\n\n###\n\n### <SOFA:RPC/> 系列\n\n**Six**\n\ntext',
  'lines that mean something':
    '1、一\n2、二\n\ni. x\nii. y\n\n①一\n②二\n\n地址：甲\n电话：乙\n\n春眠不觉晓\n处处闻啼鸟\n夜来风雨声\n\n汉字\n汉字 text\ntext',
  'links of all kinds':
    '[a](ttps://x.example) [b](hhttps://x.example) [c]() [](https://x.example) [d@x.example](d@x.example) [e](www.x.example) [f]((https://x.example)) <https://x.example> [g][r] [h][none] [i](/a b) https://x.example/a，然后 [j](https://x.example/a_(b)) [k](dingtalk://x) ![](//i.example/p.png) ![l](rel/p.png)\n\n[r]: https://r.example',
  'long addresses': `[x](https://x.example/?q=${'a'.repeat(600)}) https://x.example/${'b'.repeat(600)} ${'c'.repeat(300)} lockKeys:${'d,e;'.repeat(60)}`,
  'HTML inside':
    '<p align="center"><img src="https://i.example/1" width=50%></p>\n\nH<sub>2</sub>O <u>u</u> <ins>i</ins> <small>s</small> <span style="color:red;position:fixed">c</span>\n\n<details><summary>More</summary>\n\n- x\n\n</details>\n\n<table><tr><td>1</td></tr></table>',
  'harmful HTML':
    '<script>alert(1)</script>\n\n<iframe src="https://v.example/1"></iframe>\n\n<a href="javascript:alert(1)" onclick="x()">a</a> <img src=x onerror=alert(1)> <svg onload=x></svg>\n\n[b](javascript:alert(1)) [c](JaVaScRiPt&#58;x) ![d](data:text/html,x) <style>p{}</style> <form><input></form>',
  'MJML in text':
    '<mj-text>x</mj-text> <mj-raw>{{x}}</mj-raw>\n\n<mjml><mj-body></mj-body></mjml>\n\n<mj-include path="/etc/passwd" />',
  'tags in prose':
    'Vec<u8>, <T>, <scope>, <space>, a < b > c, <attach>true</attach>, &lt;b&gt;, Map<String, List<A>>',
  comments:
    '<!-- one\n\n[a](https://x.example)\n\n@ann -->\n\ntext<!-- two -->more\n\n<!-- never closed\n\n- x',
  'templates of others':
    '{% include x.html %}\n\n{% highlight swift %}\nlet a = "{{b}}"\n{% endhighlight %}\n\n{{< figure src="x" >}} {{% note %}} {{ site.url }} \u0024{HOME} {{name}} {{name | friend}} {{link.unsubscribe}} {{reader.attributes.city}} `{{name}}`',
  code: '```go\nfunc main() {}\n```\n\n    indented\n\n~~~\n<!-- x -->\n~~~\n\n`inline <b>`',
  'code never closed': '```js\nlet a\n\n## not a heading\n\n{{name}}',
  tables: '| a | b |\n|:--|:-:|\n| **1** | x<br />y |\n| [z](https://x.example) | ✅ |',
  'footnotes and task lists':
    'a[^1] b[^note] c[^none]\n\n- [ ] open\n- [x] done\n\n[^1]: One\n[^note]: Two\n\n    more\n[^unused]: Three',
  'nested lists and quotes':
    '- a\n  - b\n\n    - c\n\n      ```\n      d\n      ```\n\n> q\n> > r\n> - s\nlazy\n\n1. x\n\n   > y',
  'characters of all kinds':
    'a\u200bb\u00adc\u202ed\u202c e\u0301 \uf8ff \ufffd 👩‍👩‍👧 \u0002 &nbsp;&amp;&#0;&#x1F600; “引号” ‘x’ — … \\* \\# \\{\\{',
  'right to left': 'שלום עולם [קישור](https://x.example)\n\nمرحبا بالعالم',
  'empty items': '- \n- x\n-\n\n1.\n2. y\n\n>\n\n***\n\n---',
  nothing: '',
};

const whole: Record<string, string> = {
  'a byte-order mark and CRLF': `\uFEFF${FRONT}text\n\n- a\n- b\n`.replaceAll('\n', '\r\n'),
  'lone CR': `${FRONT}one\n\n## two\n`.replaceAll('\n', '\r'),
  'mixed line ends': '---\r\ntitle: T\n---\r\rone\r\ntwo\nthree',
  'keys given twice': '---\ntitle: A\ntitle: B\ntags: x\ntags: x\n---\n\ntext',
  'no title': '---\ndate: 2026-08-05\n---\n\ntext',
  'title of the heading': '# The *title*\n\ntext',
  'front matter never closed': '---\ntitle: T\ndate: 2026-08-05\n\n## text\n',
  'dates that are none': '---\ntitle: T\ndate: 2022-02-29 14:4g5:00\n---\n\ntext',
  'quotes closed at the margin': '---\ntitle: "T"\ndescription: "one\n"\ndate: 2026-08-05\n---\n\ntext',
  'YAML of a careless hand': '---\ntitle: T: a | b\nauthor: @ann\n\tdraft: true\ntags: [a, b\n---\n\ntext',
  TOML: '+++\ntitle = "T"\ndate = 2026-08-05\n\n[extra]\neditors = [\n  "ann", # x\n]\n+++\n\ntext',
  'TOML that is none': '+++\ntitle = T\n+++\n\ntext',
  'key and value lines': 'Title: T\nNumber: 604\nDate: 2026-8-5\n\nCategory: x\n\ntext',
  'a fence of two dashes': '--\ntitle: T\n---\n\ntext',
  'switched off': `---\ntitle: T\ninfer: false\n---\n\n${QA}**@ann** 提问：\n\n> q\n\nA：a`,
  'all keys':
    '---\ntitle: "T&amp;U"\ndate: 5 Aug 2026\nsummary: S\nslug: s\nlang: zh-CN\ntags: [a, b]\ncategories: c\nauthors: [ann, bob]\ncover: /c.png\ncanonical_url: https://w.example/t\nbase-url: https://w.example\npreheader: P {{name}}\ndraft: true\nown: {a: [1, 2]}\n---\n\n![](x.png) [y](/z)',
};

export const fixtures: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, FRONT + body])),
  ...whole,
};
