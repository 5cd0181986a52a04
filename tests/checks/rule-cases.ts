/** For every rule, an issue that breaks it and one that comes close but does not. */
import { builtIn, type Case } from './harness.ts';

export interface Pair {
  broken: Case;
  /** The line of the first finding; null for no particular line. */
  line: number | null;
  fine: Case;
}

const titled = (title: string): Case => ({
  head: `date: 2026-11-23\ntitle: ${JSON.stringify(title)}\nlanguage: en`,
});
const linked = (url: string): Case => ({ body: `First.\n\nRead [this](${url}) now.` });
const themed = (from: string | RegExp, to: string, file = 'issue.mjml'): Case => {
  const path = `themes/default/${file}`;
  const text = builtIn.need(path);
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path} has no ${from} any more`);
  return { emails: { [path]: changed } };
};
const styled = (length: number): Case =>
  themed(
    '</mj-head>',
    `<mj-raw><style>${'.x{top:1px}'.padEnd(length, '/')}</style></mj-raw></mj-head>`,
    '_mail.mjml',
  );
const mailed: Case = { rendered: true };
/** The line of the link in `linked`, after five lines of front matter and an empty one. */
const AT_LINK = 9;

export const pairs: Record<string, Pair> = {
  'front-matter-misspelt': {
    broken: { head: 'title: A\ndate: 2026-11-23\nlangauge: zh' },
    line: 4,
    fine: { head: 'title: A\ndate: 2026-11-23\ndata: 7\nlayout: post\nvolume: 3' },
  },
  'date-missing': { broken: { head: 'title: A' }, line: 1, fine: {} },
  unpublished: {
    broken: { head: 'title: A\ndate: 2026-11-23\npublished: false' },
    line: 4,
    fine: { head: 'title: A\ndate: 2026-11-23\npublished: true' },
  },
  'body-empty': { broken: { body: '\n' }, line: 1, fine: { body: '---' } },
  'language-differs': {
    broken: { body: '守灯人这一周做了什么，我们都写在这里，请各位读者慢慢看。'.repeat(3) },
    line: 4,
    fine: {
      head: 'title: 周刊\ndate: 2026-11-23\nlanguage: zh',
      body: `${'React and Vue releases. '.repeat(9)}发布了。`,
    },
  },
  'language-no-words': {
    broken: { head: 'title: Revue\ndate: 2026-11-23\nlanguage: fr' },
    line: null,
    fine: { head: 'title: 周刊\ndate: 2026-11-23\nlanguage: zh-TW', body: '正文。' },
  },
  'subject-too-long': { broken: titled('keeper '.repeat(40)), line: 3, fine: titled('k'.repeat(250)) },
  'subject-long': { broken: titled('守'.repeat(80)), line: 3, fine: titled('守'.repeat(70)) },
  'subject-control': { broken: titled('One\u0085Two'), line: 3, fine: titled('One\nTwo') },
  'subject-reply': { broken: titled('RE[2]: our offer'), line: 3, fine: titled('Re-reading: a list') },
  'subject-slot': {
    broken: titled('News for {{name}}'),
    line: 3,
    fine: titled('Why {{moustaches}} are fun'),
  },
  'subject-capitals': { broken: titled('READ THIS NOW OR NEVER'), line: 3, fine: titled('NASA and the ESA') },
  'subject-no-ad-mark': {
    broken: { head: 'title: 双十一优惠\ndate: 2026-11-23\ncommercial: true', legalProfile: ['cn'] },
    line: 2,
    fine: { head: 'title: 【广告】双十一优惠\ndate: 2026-11-23\ncommercial: true', legalProfile: ['cn'] },
  },
  'title-not-shown': { broken: themed('{{issue.headline}}', '', '_opening.mjml'), line: 2, fine: mailed },
  'date-not-shown': {
    broken: themed(/\{\{issue\.date\}\}/g, '', '_masthead.mjml'),
    line: null,
    fine: themed(/\{\{issue\.date\}\}/g, 'Mon, Nov. 23', '_masthead.mjml'),
  },
  'language-not-said': {
    broken: themed('lang="{{issue.language}}"', 'lang="de"', '_mail.mjml'),
    line: null,
    fine: mailed,
  },
  'postal-address-missing': {
    broken: { newsletter: { postalAddress: ' ' }, legalProfile: ['us'] },
    line: null,
    fine: { newsletter: { postalAddress: '' }, legalProfile: ['eu'] },
  },
  'postal-address-unset': {
    broken: { newsletter: { postalAddress: ' ' } },
    line: null,
    fine: { newsletter: { postalAddress: '' }, legalProfile: ['cn'] },
  },
  'postal-address-not-shown': {
    broken: themed(/\{\{newsletter\.postalAddress\}\}/g, '', '_footer.mjml'),
    line: null,
    fine: { ...mailed, newsletter: { postalAddress: 'A & B <c>\n"1" Road' } },
  },
  'unsubscribe-not-shown': {
    broken: themed(/href="\{\{link\.unsubscribe\}\}"/g, 'href="{{link.preferences}}"', '_footer.mjml'),
    line: null,
    fine: mailed,
  },
  'link-placeholder': {
    broken: linked('REDDIT_LINK_HERE'),
    line: AT_LINK,
    fine: linked('https://a.dev/todo'),
  },
  'link-example': {
    broken: linked('https://www.example.com/x'),
    line: AT_LINK,
    fine: linked('https://example.dev'),
  },
  'link-relative': {
    broken: linked('/blog/x/'),
    line: AT_LINK,
    fine: { ...linked('/blog/x/'), newsletter: { baseUrl: 'https://keepers.dev/' } },
  },
  'link-no-scheme': {
    broken: { ...linked('github.com/x/y'), newsletter: { baseUrl: 'https://keepers.dev/' } },
    line: AT_LINK,
    fine: linked('issue-24.md'),
  },
  'link-anchor': { broken: linked('#part'), line: AT_LINK, fine: linked('https://a.dev/#part') },
  'link-local': {
    broken: linked('http://192.168.1.7/x'),
    line: AT_LINK,
    fine: linked('http://192.0.0.1.nip.io/x'),
  },
  'link-swallows': {
    broken: linked('https://a.dev/generic-invoke，代码如下：'),
    line: AT_LINK,
    fine: linked('https://zh.wikipedia.org/wiki/北京（消歧义）'),
  },
  'link-two': {
    broken: linked('https://a.dev/issues/375https://a.dev/issues/376'),
    line: AT_LINK,
    fine: linked('https://web.archive.org/web/2020/https://a.dev/issues/376'),
  },
  'link-broken': { broken: linked('https://github'), line: AT_LINK, fine: linked('http://localhost:3000') },
  'link-long': {
    broken: linked(`https://a.dev/${'x'.repeat(2_000)}`),
    line: AT_LINK,
    fine: linked(`https://a.dev/${'x'.repeat(1_900)}`),
  },
  'link-misleads': {
    broken: { body: 'First.\n\nSee [https://bank.dev/login](https://a.dev/x) now.' },
    line: AT_LINK,
    fine: { body: 'First.\n\nSee [https://www.a.dev](https://a.dev/x?from=mail) now.' },
  },
  'image-no-alt': {
    broken: { body: 'First.\n\nSee ![图片](https://a.dev/x.png) now.' },
    line: AT_LINK,
    fine: { body: '![The pier at noon](https://a.dev/x.png)' },
  },
  'image-missing': {
    broken: { ...mailed, body: 'First.\n\nSee ![the pier](imgs/pier.png).' },
    line: AT_LINK,
    fine: { ...mailed, body: '![the pier](imgs/pier.png)', pictures: { 'imgs/pier.png': { bytes: 9 } } },
  },
  'image-http': {
    broken: { body: '\n\n![the pier](http://a.dev/x.png)' },
    line: AT_LINK,
    fine: { body: '![the pier](http://a.dev/x.png)', mirrors: true },
  },
  'image-format': {
    broken: { body: '\n\n![the pier](https://a.dev/x.webp?x=1)' },
    line: AT_LINK,
    fine: { body: '![the pier](https://a.dev/x.webp)', pictures: { 'https://a.dev/x.webp': { bytes: 9 } } },
  },
  'image-heavy': {
    broken: { body: '\n\n![the pier](x.png)', pictures: { 'x.png': { bytes: 2_500_000 } } },
    line: AT_LINK,
    fine: { body: '![the pier](x.png)', pictures: { 'x.png': { bytes: 900_000 } } },
  },
  'heading-order': {
    broken: { body: '## A\n\nx\n\n#### B\n\ny' },
    line: 11,
    fine: { body: '### A\n\nx\n\n#### B\n\ny\n\n## C\n\nz' },
  },
  'heading-empty': {
    broken: { body: '## A\n\n## ![](https://a.dev/x.png)\n\ny' },
    line: AT_LINK,
    fine: { body: '## A\n\n##\n\ny' },
  },
  'color-contrast': {
    broken: { ...mailed, newsletter: { colors: { muted: '#cccccc' } } },
    line: null,
    fine: { ...mailed, newsletter: { colors: { accent: '#ffff00' } } },
  },
  'text-contrast': {
    broken: { ...mailed, body: 'First.\n\nIt is <span style="color:#fefefe">hidden</span>.' },
    line: AT_LINK,
    fine: {
      ...mailed,
      body: '<span style="color:#d03030">red</span> <span style="color:#fff;background-color:#111">white</span>',
    },
  },
  'client-support': {
    broken: themed('<h1 class="title">', '<h1 class="title" style="position:absolute">', '_opening.mjml'),
    line: null,
    fine: themed('<h1 class="title">', '<h1 class="title" style="border-radius:4px">', '_opening.mjml'),
  },
  'outlook-layout': {
    broken: { ...mailed, body: `:::note\n${'A long word of warning. '.repeat(300)}\n:::` },
    line: null,
    fine: { ...mailed, body: Array(60).fill('- a list that is long\n\nA text that is long.').join('\n\n') },
  },
  'style-too-long': { broken: styled(17_000), line: null, fine: styled(9_000) },
};
