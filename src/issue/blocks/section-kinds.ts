/** The kind of a section, by the words of its heading. Add to this table. */

export type SectionKind =
  | 'banner'
  | 'qa'
  | 'reading'
  | 'contributors'
  | 'tasks'
  | 'releases'
  | 'event'
  | 'meeting';

const KINDS: readonly [SectionKind, RegExp][] = [
  [
    'qa',
    /读者问答|问答提炼|问答精选|issue\s*精选|读者提问|答疑|\bQ\s*&\s*A\b|reader questions|questions (?:and|&) answers/i,
  ],
  ['tasks', /新手任务/],
  ['contributors', /contributors?$|本周贡献|社区贡献|贡献者|^(?:new )?contributors?\b/i],
  [
    'reading',
    /推荐阅读|推荐文章|阅读推荐|推荐系列|recommended read(?:ing|s\b)|further reading|reading list|worth (?:a )?read|what (?:we['’]re|we are|i['’]m|i am) reading/i,
  ],
  ['meeting', /社区会议|会议预告|会议回顾/],
  ['event', /(?:活动|直播)\s*(?:报名|预告|推荐|回顾)?$|(?:活动|直播)(?:报名|预告|推荐)|预告$|meetup/i],
  ['releases', /项目进展|本周发布|版本发布|项目发布|^(?:new )?releases?$/i],
  ['banner', /每周精选/],
];

export function sectionKind(heading: string): SectionKind | null {
  const name = heading.replace(/\s*[：:]\s*$/, '');
  return KINDS.find(([, words]) => words.test(name))?.[0] ?? null;
}
