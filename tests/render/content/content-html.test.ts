import type { ElementContent } from 'hast';
import { beforeAll, expect, test } from 'vitest';
import type { Content } from '../../../src/issue/document/document.ts';
import { withoutAnswerMark } from '../../../src/render/blocks/answer-mark.ts';
import { usefulAlt } from '../../../src/render/content/alt-text.ts';
import { hangingLines } from '../../../src/render/content/code-lines.ts';
import { contentHtml } from '../../../src/render/content/content-html.ts';
import type { ContentSettings } from '../../../src/render/content/content-settings.ts';
import { loadLanguages } from '../../../src/render/content/highlight.ts';
import { picture } from '../../../src/render/content/picture.ts';
import { absoluteUrl } from '../../../src/render/content/url.ts';
import { h, p } from '../fixtures.ts';

beforeAll(loadLanguages);

const settings: ContentSettings = {
  baseUrl: 'https://www.example.org/blog/',
  image: () => null,
  slot: (path, fallback = '') => `*${path}|${fallback}*`,
  width: 576,
};
const html = (...content: Content) => contentHtml(settings, content);

test('relative links are made whole, those that nobody can follow become their words', () => {
  expect(html(h('a', { href: '/a' }, 'x'))).toBe('<a href="https://www.example.org/a">x</a>');
  expect(html(h('a', { href: 'b?c=1&d=2' }, 'x'))).toBe(
    '<a href="https://www.example.org/blog/b?c=1&#x26;d=2">x</a>',
  );
  for (const href of ['javascript:alert(1)', 'JaVa\nScRiPt:alert(1)', 'data:text/html,x', '#top', '']) {
    expect(html(h('a', { href }, 'x')), href).toBe('x');
  }
  expect(absoluteUrl('page.html', null)).toBeNull();
  expect(absoluteUrl('//cdn.example.org/x', null)).toBe('https://cdn.example.org/x');
  expect(absoluteUrl('mailto:a@example.org', null)).toBe('mailto:a@example.org');
});

test('a link can lead where only this reader may go', () => {
  expect(html(h('a', { dataSlot: 'link.unsubscribe' }, 'leave'))).toBe(
    '<a href="*link.unsubscribe|*">leave</a>',
  );
});

test('a slot stands as its marker with its fallback', () => {
  expect(html(p('Hi ', h('slot', { path: 'reader.name', fallback: 'friend' })))).toBe(
    '<p>Hi *reader.name|friend*</p>',
  );
});

test('pictures have an alt and a width, and no wider one than the mail', () => {
  expect(html(h('img', { src: '/x.png', alt: 'A pier', width: 1152, height: 600 }))).toBe(
    '<img src="https://www.example.org/x.png" alt="A pier" class="web" width="576" height="300" style="width:100%;max-width:576px" />',
  );
  expect(html(h('img', { src: '/x.png', alt: 'A badge', width: 80, height: 20 }))).not.toContain('style');
  expect(html(h('img', { src: '/x.png', width: '100%' }))).toContain(
    'alt="" class="web" width="480" style="width:auto"',
  );
});

test('a single no-break blank of a Chinese text breaks, and that of any other text does not', () => {
  const chinese: ContentSettings = { ...settings, breakBlanks: true };
  const text = 'Scalable\u00a0Open，\u00a0\u00a0字';
  expect(contentHtml(chinese, [p(text)])).toBe('<p>Scalable Open，\u00a0\u00a0字</p>');
  expect(contentHtml(settings, [p(text)])).toContain('Scalable\u00a0Open');
});

test('a picture that cannot be shown leaves its words, and nothing when it has none', () => {
  expect(html(h('img', { src: 'file:///x.png', alt: 'A pier' }))).toBe('A pier');
  expect(html(h('img', { src: '', alt: 'image.png' }))).toBe('');
  expect(picture(settings, { url: 'ftp://x/y.png', alt: '' })).toBeNull();
});

test('a picture is served from where it was mirrored', () => {
  const mirrored: ContentSettings = {
    ...settings,
    image: (url) => `https://media.example.org/${url.length}`,
  };
  expect(picture(mirrored, { url: '/x.png', alt: '' })?.src).toBe('https://media.example.org/6');
});

test('a picture that lies beside the Markdown needs no base URL once it was taken along', () => {
  const beside: ContentSettings = { ...settings, baseUrl: null, image: () => 'https://media.example.org/1' };
  expect(picture(beside, { url: 'images/x.png', alt: '' })?.src).toBe('https://media.example.org/1');
  expect(html(h('img', { src: 'images/x.png', alt: '' }))).toContain(
    'src="https://www.example.org/blog/images/x.png"',
  );
});

test('handlers, classes and comments that slipped in do not come out', () => {
  expect(html(h('a', { href: '/a', onClick: 'x()', className: ['qa'] }, 'x'))).toBe(
    '<a href="https://www.example.org/a">x</a>',
  );
  expect(html(h('img', { src: '/x.png', alt: '', onError: 'x()' }))).not.toContain('onerror');
  expect(html({ type: 'comment', value: '[if mso]>x<![endif]' })).toBe('');
});

test('text is text, whatever it looks like', () => {
  expect(html(p('<mj-raw>{{evil}}</mj-raw> <script>'))).toBe(
    '<p>&#x3C;mj-raw>{{evil}}&#x3C;/mj-raw> &#x3C;script></p>',
  );
});

test('no sign of markup stands inside an attribute', () => {
  expect(html(h('a', { href: 'https://example.org/?<mj-raw>"x', title: 'a > b' }, 'x'))).toBe(
    '<a href="https://example.org/?%3Cmj-raw%3E%22x" title="a &#x3E; b">x</a>',
  );
  expect(html(h('img', { src: '/x.png', alt: '</mj-text>' }))).toContain('alt="&#x3C;/mj-text&#x3E;"');
});

test('known code is coloured with short classes, unknown code stays as it is', () => {
  const code = (language: string) =>
    html(h('pre', {}, h('code', { className: [`language-${language}`] }, 'const a = 1;\n')));
  expect(code('js')).toBe('<pre><span class="k">const</span> a = <span class="n">1</span>;</pre>');
  expect(code('nonesuch')).toBe('<pre>const a = 1;</pre>');
});

test('the box of a task is its mark: no bullet stands before it', () => {
  const list = html(h('ul', {}, h('li', {}, '☑ done'), h('li', {}, 'a ☐ box')));
  expect(list).toBe('<ul><li class="task">☑ done</li><li>a ☐ box</li></ul>');
});

test('tables stand in a box that can scroll, also by keys', () => {
  expect(html(h('table', {}, h('tr', {}, h('td', {}, 'x'))))).toMatch(
    /^<div class="scroll" tabindex="0"><table>/,
  );
});

test.each([
  '图片',
  'image',
  'Image 3',
  'weekly.jpg',
  'image | left',
  '641.jpeg | center | 406x371',
  'IMG_2031',
  'https://x/y',
  '1',
  '',
])('the alt "%s" is never spoken', (alt) => {
  expect(usefulAlt(alt)).toBe('');
});

test.each(['The new pier', '图片里的灯塔', 'Image processing in Go', 'Cover story'])(
  'the alt "%s" is spoken',
  (alt) => {
    expect(usefulAlt(alt)).toBe(alt);
  },
);

test('the mark of an answer goes, however it was written', () => {
  expect(html(...withoutAnswerMark([p('A：yes'), p('A: stays')]))).toBe('<p>yes</p><p>A: stays</p>');
  expect(html(...withoutAnswerMark([p(h('strong', {}, 'A：'), 'yes')]))).toBe('<p><strong></strong>yes</p>');
  expect(withoutAnswerMark([])).toEqual([]);
});

test('a wrapped line of code goes on below its indent, and what is copied is the code', () => {
  const code = '  if (lamp.isLit() && keeper.isAwake()) return true;\n  x();\n';
  const listing = html(h('pre', {}, h('code', {}, code)));
  expect(listing).toBe(
    '<pre><span style="display:block;padding-left:2.4em;text-indent:-2.4em">  if (lamp.isLit() &#x26;&#x26; keeper.isAwake()) return true;\n</span>  x();</pre>',
  );
  expect(html(h('pre', {}, h('code', {}, 'short();\n\n')))).toBe('<pre>short();\n</pre>');
});

test('a comment over several lines keeps its colour in each of them', () => {
  const comment: ElementContent = {
    type: 'element',
    tagName: 'span',
    properties: { className: ['c'] },
    children: [{ type: 'text', value: `/* ${'a'.repeat(40)}\n   b */` }],
  };
  const lines = hangingLines([comment, { type: 'text', value: '\nlamp();' }]);
  expect(JSON.stringify(lines).match(/"className":\["c"\]/g)).toHaveLength(2);
  expect(JSON.stringify(lines)).toContain('"lamp();"');
});
