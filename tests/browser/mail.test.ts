import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FAINT_TEXT } from '../../src/cli/theme/browser-faults.ts';
import type { Block, Document } from '../../src/issue/document/document.ts';
import { readIssue } from '../../src/issue/read.ts';
import { renderIssue } from '../../src/render/issue.ts';
import type { RenderContext } from '../../src/render/issue-rendering.ts';
import { renderServiceMail } from '../../src/render/service-mail.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { seedIssue } from '../helpers/corpus.ts';
import { context, documentOf, everyKind, h, newsletter, p } from '../render/fixtures.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const values = {
  reader: { name: 'Grace', email: 'grace@example.net', attributes: {} },
  link: {
    view: 'https://x.example/v',
    unsubscribe: 'https://x.example/u',
    confirm: `https://x.example/${'c'.repeat(200)}`,
    reject: 'https://x.example/r',
  },
};
/** Pictures cannot be fetched here: each is drawn, 1200 x 500. */
const screenshot = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="500"><rect width="1200" height="500" fill="teal"/></svg>')}`;

async function mailOf(document: Document, over: Partial<RenderContext> = {}): Promise<string> {
  const { edition } = await renderIssue(document, context(over));
  return compileFill(edition.html, 'html')(values).replace(/src="https?:[^"]+"/g, `src="${screenshot}"`);
}

async function show<T>(
  html: string,
  width: number,
  scheme: 'light' | 'dark',
  look: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
  try {
    await page.context().setOffline(true);
    await page.setContent(html);
    return await look(page);
  } finally {
    await page.close();
  }
}

const widthOf = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth');

const long = 'x'.repeat(300);
const longWords: Block[] = [
  {
    kind: 'prose',
    line: 1,
    content: [
      p(long),
      p(h('a', { href: `https://example.org/${long}` }, `https://example.org/${long}`)),
      h('ul', {}, h('li', {}, h('code', {}, long))),
    ],
  },
  { kind: 'heading', line: 2, depth: 2, text: long, content: [{ type: 'text', value: long }] },
  {
    kind: 'qa',
    line: 3,
    questions: [
      {
        line: 3,
        asker: long,
        turns: [
          { role: 'question', content: [p(long)] },
          { role: 'answer', content: [p(long), h('pre', {}, h('code', {}, long))] },
        ],
        source: { label: long, url: 'https://example.org/x' },
      },
    ],
  },
  { kind: 'code', line: 4, code: long },
  {
    kind: 'table',
    line: 5,
    content: [
      h(
        'table',
        {},
        h('tr', {}, ...Array.from({ length: 9 }, (_, i) => h('td', {}, `column ${i} ${long.slice(0, 60)}`))),
      ),
    ],
  },
  {
    kind: 'event',
    line: 6,
    topic: long,
    time: long,
    place: long,
    url: 'https://example.org/x',
    content: [p(long)],
  },
  { kind: 'releases', line: 7, releases: [{ name: long, version: long, content: [p(long)] }] },
  {
    kind: 'reading',
    line: 8,
    readings: [
      { line: 8, title: long, url: 'https://example.org/x' },
      {
        line: 9,
        title: long,
        url: 'https://example.org/y',
        cover: { url: 'https://example.org/x.png', alt: '' },
      },
    ],
  },
  { kind: 'button', line: 9, label: long, url: 'https://example.org/x' },
  {
    kind: 'contributors',
    line: 10,
    people: [{ name: long }, { name: long, avatar: { url: 'https://example.org/x.png', alt: '' } }],
  },
];

test('no long word, address, listing or table makes a phone scroll sideways', async () => {
  const html = await mailOf(documentOf(longWords, { title: long }));
  expect(await show(html, 360, 'light', widthOf)).toBe(360);
});

test.each(['default', 'quiet'])(
  '%s: a wide table scrolls on a phone and keeps its words whole',
  async (theme) => {
    const cells = 'Project Maintainer Repository Downloads Language Introduction'.split(' ');
    const row = (tag: string) => h('tr', {}, ...cells.map((cell) => h(tag, {}, cell)));
    const table = h('table', {}, h('thead', {}, row('th')), h('tbody', {}, row('td')));
    const document = documentOf([{ kind: 'table', line: 1, content: [table] }]);
    const html = await mailOf(document, { newsletter: { ...newsletter, theme } });
    const [width, room, wanted, line] = await show(html, 360, 'light', (page) =>
      page.evaluate<number[]>(`(() => {
      const box = document.querySelector('.scroll');
      return [document.documentElement.scrollWidth, box.clientWidth, box.scrollWidth, box.querySelector('th').clientHeight];
    })()`),
    );
    expect(width).toBe(360);
    expect(wanted).toBeGreaterThan(room!);
    expect(line).toBeLessThan(48);
  },
);

test('the model issue fits a phone, a tablet and a desk', async () => {
  const seed = seedIssue();
  const html = await mailOf(readIssue(seed.source, { file: seed.name }));
  for (const width of [360, 600, 1280]) expect(await show(html, width, 'light', widthOf)).toBe(width);
});

test('where pictures are blocked, no mail is wider than a phone and every card keeps its frame', async () => {
  const seed = readIssue(seedIssue().source, { file: 'seed.md' });
  const sizeOf = () => ({ width: 1080, height: 700 });
  for (const theme of ['default', 'quiet']) {
    const over = { sizeOf, newsletter: { ...newsletter, theme } };
    const { edition } = await renderIssue(seed, context(over));
    const html = compileFill(edition.html, 'html')(values);
    expect(await show(html, 360, 'light', widthOf), theme).toBe(360);
  }
});

test('cards of a row are equally high', async () => {
  const heights: number[] = await show(await mailOf(documentOf([everyKind.reading])), 1280, 'light', (page) =>
    page.evaluate(
      "[...document.querySelectorAll('.card')].map((each) => each.getBoundingClientRect().height)",
    ),
  );
  expect(heights[0]).toBe(heights[1]);
});

test('cards stand in two columns on a desk and below each other on a phone', async () => {
  const html = await mailOf(documentOf([everyKind.reading]));
  const tops = (page: Page): Promise<number[]> =>
    page.evaluate(
      "[...document.querySelectorAll('.card-title')].slice(0, 2).map((each) => Math.round(each.getBoundingClientRect().left))",
    );
  const [left, right] = await show(html, 1280, 'light', tops);
  expect(right! - left!).toBeGreaterThan(200);
  const [first, second] = await show(html, 360, 'light', tops);
  expect(second).toBe(first);
});

test.each(['light', 'dark'] as const)('every word can be read in the %s', async (scheme) => {
  const html = await mailOf(documentOf(Object.values(everyKind)));
  expect(await show(html, 600, scheme, (page) => page.evaluate(FAINT_TEXT))).toEqual([]);
});

test.each(['default', 'quiet'])(
  '%s: in the dark no picture that is blocked makes a white band, and one of the web stands on grey',
  async (theme) => {
    const document = documentOf([everyKind.prose, everyKind.image, everyKind.contributors, everyKind.qr]);
    const image = (url: string) => (/pier/.test(url) ? null : 'https://news.example.org/media/x');
    const html = await mailOf(document, { image, newsletter: { ...newsletter, theme } });
    const backgrounds = await show(html, 360, 'dark', (page) =>
      page.evaluate<[string, string][]>(
        "[...document.querySelectorAll('.flow img')].map((each) => [each.className, getComputedStyle(each).backgroundColor])",
      ),
    );
    expect(backgrounds.length).toBeGreaterThanOrEqual(3);
    for (const [name, background] of backgrounds) {
      const light = Math.max(...background.match(/\d+/g)!.map(Number));
      if (name === 'web') expect(light).toBeGreaterThan(150);
      expect(light).toBeLessThan(name === 'web' ? 200 : 80);
    }
  },
);

test.each(['default', 'quiet'])(
  '%s: what is pressed on a phone is at least 44 px high, but for links within a sentence',
  async (theme) => {
    const image = (url: string) =>
      url.startsWith('calendar:') ? 'https://news.example.org/media/day' : null;
    const over = { image, newsletter: { ...newsletter, theme } };
    const html = await mailOf(documentOf(Object.values(everyKind)), over);
    const { pressed, low } = await show(html, 360, 'light', (page) => page.evaluate<Pressed>(LOW_LINKS));
    expect(pressed).toBeGreaterThanOrEqual(20);
    expect(low).toEqual([]);
  },
);

interface Pressed {
  pressed: number;
  /** As `Visit the sponsor: 26`, in px. */
  low: string[];
}

const LOW_LINKS = `(() => {
  const height = (node) => Math.max(node.getBoundingClientRect().height, ...[...node.children].map(height));
  const words = (node) => node.innerText.trim();
  const links = [...document.querySelectorAll('a')].filter((link) => {
    const sentence = link.closest('p, li');
    return !sentence || sentence.className || words(sentence) === words(link);
  });
  const low = links.filter((link) => height(link) < 44).map((link) => words(link) + ': ' + height(link));
  return { pressed: links.length, low };
})()`;

test.each(['default', 'quiet'])(
  '%s: what stands for a blocked picture has the font and the air of the text',
  async (theme) => {
    const document = documentOf([everyKind.banner, everyKind.image, everyKind.reading]);
    const { edition } = await renderIssue(document, context({ newsletter: { ...newsletter, theme } }));
    const html = compileFill(edition.html, 'html')(values);
    const looks = await show(html, 360, 'light', (page) =>
      page.evaluate<[string, number, number][]>(
        `[...document.querySelectorAll('img')].map((each) => {
          const { fontFamily, fontSize, lineHeight } = getComputedStyle(each);
          return [fontFamily, parseFloat(fontSize), parseFloat(lineHeight) / parseFloat(fontSize)];
        })`,
      ),
    );
    expect(looks.length).toBeGreaterThanOrEqual(3);
    for (const [family, size, air] of looks) {
      expect(family).toMatch(theme === 'quiet' ? /Charter/ : /Segoe UI/);
      expect(size).toBeGreaterThanOrEqual(14);
      expect(air).toBeGreaterThanOrEqual(1.4);
    }
  },
);

const SIZES = `(() => {
  const small = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!walker.currentNode.nodeValue.trim() || !at.getClientRects().length || at.closest('[style*="display:none"], sup, sub')) continue;
    if (parseFloat(getComputedStyle(at).fontSize) < 14) small.add(at.tagName + '.' + at.className);
  }
  const size = (what) => { const { fontSize, lineHeight } = getComputedStyle(document.querySelector(what)); return [parseFloat(fontSize), lineHeight === 'normal' ? 0 : Math.round((parseFloat(lineHeight) / parseFloat(fontSize)) * 100) / 100]; };
  return { small: [...small], title: size('h1'), h2: size('.flow h2:not([class])')[0], body: size('.flow p') };
})()`;

interface Sizes {
  small: string[];
  title: number[];
  h2: number;
  body: number[];
}

test.each([
  ['default', 'en', 680, { title: [34, 1.15], h2: 24, body: [17, 1.6] }],
  ['default', 'en', 360, { title: [27, 1.15], h2: 22, body: [17, 1.6] }],
  ['default', 'zh', 680, { title: [34, 1.3], h2: 24, body: [17, 1.75] }],
  ['quiet', 'en', 680, { title: [34, 1.15], h2: 22, body: [17, 1.6] }],
])('the scale of %s in %s at %i px, and nothing below 14 px', async (theme, language, width, wanted) => {
  const document = documentOf([everyKind.prose, ...Object.values(everyKind)], { language });
  const html = await mailOf(document, { newsletter: { ...newsletter, theme, language } });
  const found = await show(html, width, 'light', (page) => page.evaluate<Sizes>(SIZES));
  expect(found).toEqual({ small: [], ...wanted });
});

test('right to left, the conversation is mirrored', async () => {
  const document = documentOf([everyKind.qa], { language: 'he', direction: 'rtl' });
  const side = (page: Page): Promise<number> =>
    page.evaluate(
      "document.querySelector('.answer').getBoundingClientRect().left - document.querySelector('.question').getBoundingClientRect().left",
    );
  expect(await show(await mailOf(document), 600, 'light', side)).toBeLessThan(0);
  expect(await show(await mailOf(documentOf([everyKind.qa])), 600, 'light', side)).toBeGreaterThan(0);
});

test('a confirmation with a long address fits a phone', async () => {
  const edition = await renderServiceMail('confirmation', newsletter, 'en', context().emails);
  expect(await show(compileFill(edition.html, 'html')(values), 360, 'dark', widthOf)).toBe(360);
});
