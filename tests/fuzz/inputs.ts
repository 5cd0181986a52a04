/** Sources that nobody wrote: documents grown by fast-check, and real or own issues damaged at random. */
import fc from 'fast-check';

const WORDS = [
  '甲',
  '时间',
  'word',
  'Vec<u8>',
  '<mj-text>',
  '{{name}}',
  '{{ x }}',
  'javascript:',
  'a@b.example',
];
const MARKS = [
  '**',
  '*',
  '_',
  '`',
  '~~',
  '<',
  '>',
  '[',
  '](',
  ')',
  '![',
  '<!--',
  '-->',
  '\\',
  '&amp;',
  '\u00a0',
  '\n',
];
const HTML = [
  '<br>',
  '<div>',
  '</div>',
  '<details>',
  '<script>',
  '</script>',
  '<img src=x onerror=y>',
  '<b on',
];
const HEADS = [
  '### 每周读者问答提炼',
  '### 本周推荐阅读',
  '## Contributors',
  '### 项目进展',
  '**社区会议预告**',
  '### 直播报名',
];
const LINES = [
  '**1、@ann** 提问：',
  'A：答',
  '> 问',
  '> 问\nA：答',
  '「Store」：[u](https://x.example)',
  '- [t](https://x.example/a)',
  '[![图片](https://i.example/1)](https://x.example/1)',
  '**时间：**5 月 18 日 19:00',
  '**1、发布 Store v1.2 版本：**',
  '- Easy',
  '| a | b |\n|---|---|\n| c | d |',
  ':::tip',
  ':::',
  '```js',
  '```',
  '{% highlight swift %}',
  '[^1]: note',
  'x[^1]',
  '- [ ] task',
  '---',
  '    code',
  '{% if x %}',
  '{% endif %}',
  '{% comment %}',
  '{# x #}',
  '{{< notice tip >}}',
  '{: .lead}',
  '<div hidden>',
  '<div markdown="1">',
  '!!! note "x"',
  '::: tip x',
  '> [!NOTE]',
  ': text',
  '*[A]: b',
  '| a | b |',
];

const inline = fc
  .array(
    fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...MARKS), fc.constantFrom(...HTML), fc.string()),
    {
      maxLength: 8,
    },
  )
  .map((pieces) => pieces.join(''));
const block = fc.oneof(
  inline,
  fc.constantFrom(...LINES),
  fc.constantFrom(...HEADS),
  fc
    .tuple(fc.constantFrom('# ', '> ', '- ', '1. ', '  - ', '>', '1、', '\t'), inline)
    .map((pair) => pair.join('')),
);
const body = fc
  .array(fc.tuple(block, fc.constantFrom('\n', '\n\n', '\r\n', '\n \n')), { maxLength: 30 })
  .map((blocks) => blocks.flat().join(''));
const field = fc.tuple(
  fc.constantFrom('title', 'date', 'tags', 'cover', 'draft', 'infer', 'x', 'base_url', ''),
  fc.constantFrom(': ', ':', ' = ', ''),
  fc.oneof(inline, fc.constantFrom('"a', "'b'", '[a, b', '2022-02-30', '{a: &b [*b]}', '|', '>-')),
);
const front = fc
  .tuple(fc.constantFrom('---\n', '+++\n', '--\n', '', '\uFEFF---\r\n'), fc.array(field, { maxLength: 5 }))
  .map(([fence, fields]) => `${fence}${fields.map((pieces) => `${pieces.join('')}\n`).join('')}${fence}\n`);

/** A whole source. */
export const grown: fc.Arbitrary<string> = fc.tuple(front, body).map((parts) => parts.join(''));

/** mulberry32: the same numbers, from 0 to below 1, for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Longer ones only cost time: what breaks a reader is in the marks. */
const MAX_CHARACTERS = 2_000;

/** Head and some part of an issue, with pieces of it cut out, doubled, swapped, and marks of others put in. */
export function damaged(source: string, random: () => number): string {
  const at = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => list[at(list.length)] as T;
  const from = random() < 0.5 ? 0 : at(source.length);
  let text = source.slice(0, 300) + source.slice(from, from + MAX_CHARACTERS);
  for (let step = at(6); step >= 0; step--) {
    const [start, place] = [at(text.length), at(text.length)];
    const end = start + at(120);
    const piece = text.slice(start, end);
    const put = pick([piece, pick(MARKS), pick(HTML), pick(LINES), pick(HEADS), `\n\n${pick(LINES)}\n`]);
    text =
      random() < 0.4
        ? text.slice(0, start) + text.slice(end)
        : text.slice(0, place) + put + text.slice(place);
  }
  return text;
}
