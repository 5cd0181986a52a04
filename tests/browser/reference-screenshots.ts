/**
 * Mails as Chromium renders them, compared with reference screenshots in `pictures/`.
 *
 * They must look the same on another machine: the fonts are those of Debian's packages whatever the machine has
 * besides, images are files of the repository, nothing is fetched. What still differs from one Chromium to the
 * next are the edges of letters; so both pictures are made a third as large, and a tile of them counts as changed
 * only when a good part of it has another colour. `RENEW_PICTURES=1` stores the new screenshots.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import pixelmatch from 'pixelmatch';
import type { Browser, Page, Route } from 'playwright-core';
import sharp from 'sharp';
import { readIssue } from '../../src/issue/read.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { context, newsletter } from '../render/fixtures.ts';

export interface Look {
  /** A file of Markdown, below the project. */
  file: string;
  theme: string;
  width: number;
  scheme: 'light' | 'dark';
}

const ROOT = join(import.meta.dirname, '../..');
const REFERENCES = join(import.meta.dirname, 'pictures');
const IMAGES = join(ROOT, 'emails/samples/images');
const PICTURES = 'http://pictures.invalid/';
/** On a desk, what is around the mail is one colour: this much of the middle says it. */
const WIDEST = 720;
const SCALE = 3;
/** In px of the small picture. */
const TILE = 16;

export const nameOf = ({ file, theme, width, scheme }: Look): string =>
  `${basename(file, '.md')}.${theme}.${width}.${scheme}`;

const mails = new Map<string, Promise<string>>();

/** The mail of an issue in a theme, filled for a reader. */
function mailOf({ file, theme }: Look): Promise<string> {
  const key = `${file} ${theme}`;
  const made = mails.get(key) ?? render(file, theme);
  mails.set(key, made);
  return made;
}

async function render(file: string, theme: string): Promise<string> {
  const document = readIssue(readFileSync(join(ROOT, file), 'utf8'), { file });
  const sizes = await sizesIn(IMAGES, document.blocks);
  const { edition } = await renderIssue(
    document,
    context({
      emails: new EmailFiles(),
      newsletter: { ...newsletter, theme, language: document.language },
      image: (url) => (url.startsWith('images/') ? PICTURES + basename(url) : null),
      sizeOf: (url) => sizes.get(basename(url)) ?? null,
    }),
  );
  const html = compileFill(
    edition.html,
    'html',
  )({
    reader: { name: 'Grace', email: 'grace@example.net', attributes: {} },
    link: { view: 'https://x.example/v', unsubscribe: 'https://x.example/u' },
  });
  return withKnownFonts(html);
}

/** Each stack becomes what Debian has of its kind. */
const withKnownFonts = (html: string): string =>
  html.replace(/font-family:([^;"}]+)/g, (_, stack: string) => {
    if (/monospace/.test(stack)) return "font-family:'Liberation Mono','Noto Sans CJK SC','DejaVu Sans'";
    const kind = /sans-serif/.test(stack) ? 'Sans' : 'Serif';
    return `font-family:'Liberation ${kind}','Noto ${kind} CJK SC','DejaVu Sans'`;
  });

async function sizesIn(folder: string, blocks: object) {
  const names = [...JSON.stringify(blocks).matchAll(/"images\/([\w.-]+)"/g)].map(([, name]) => name!);
  const sizes = [...new Set(names)].map(async (name) => {
    const { width, height } = await sharp(join(folder, name)).metadata();
    return [name, { width, height }] as const;
  });
  return new Map(await Promise.all(sizes));
}

/** The look as a small picture. */
export async function takeScreenshot(browser: Browser, look: Look, change = ''): Promise<Buffer> {
  const html = (await mailOf(look)).replace('</head>', `<style>${change}</style></head>`);
  const page = await browser.newPage({
    viewport: { width: look.width, height: 900 },
    colorScheme: look.scheme,
    javaScriptEnabled: false,
  });
  try {
    await page.route('**/*', answer);
    await page.setContent(html, { waitUntil: 'load' });
    return await reduced(await wholePage(page), look.width);
  } finally {
    await page.close();
  }
}

/** Chromium on a busy machine now and then has no frame to capture; the page is the same when it is asked again. */
const NO_FRAME = /Unable to capture screenshot/;

const wholePage = (page: Page): Promise<Buffer> => {
  const capture = () => page.screenshot({ fullPage: true, animations: 'disabled' });
  return capture().catch((error: Error) => {
    if (!NO_FRAME.test(error.message)) throw error;
    return capture();
  });
};

function answer(route: Route): Promise<void> {
  const url = route.request().url();
  return url.startsWith(PICTURES)
    ? route.fulfill({ path: join(IMAGES, url.slice(PICTURES.length)) })
    : route.abort();
}

async function reduced(screenshot: Buffer, width: number): Promise<Buffer> {
  const visibleWidth = Math.min(width, WIDEST);
  const { height } = await sharp(screenshot).metadata();
  const middle = { left: (width - visibleWidth) >> 1, top: 0, width: visibleWidth, height };
  const small = sharp(screenshot)
    .extract(middle)
    .resize({ width: visibleWidth / SCALE });
  return small.png({ palette: true, colours: 48, dither: 0, effort: 4 }).toBuffer();
}

/** What differs from the reference, in words, or null. The tiles that differ are drawn into a file. */
export async function differenceFrom(
  reference: Buffer,
  screenshot: Buffer,
  name: string,
): Promise<string | null> {
  const [was, is] = await Promise.all([pixels(reference), pixels(screenshot)]);
  if (was.width !== is.width || Math.abs(was.height - is.height) > 4) {
    return `${name}: was ${was.width} x ${was.height}, is ${is.width} x ${is.height}: ${await show(screenshot, name)}`;
  }
  const { width } = was;
  const height = Math.min(was.height, is.height);
  const bytes = width * height * 4;
  const mask = new Uint8Array(bytes);
  const options = { threshold: 0.15, diffMask: true };
  pixelmatch(was.data.subarray(0, bytes), is.data.subarray(0, bytes), mask, width, height, options);
  const tiles = changedTiles(mask, width, height);
  if (tiles.length === 0) return null;
  return `${name}: ${tiles.length} places differ, the first at ${tiles[0]} of the real page: ${await show(screenshot, name)}`;
}

async function pixels(png: Buffer) {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** `x,y` of the tiles of which a quarter has another colour. */
function changedTiles(mask: Uint8Array, width: number, height: number): string[] {
  const found: string[] = [];
  for (let top = 0; top < height; top += TILE)
    for (let left = 0; left < width; left += TILE) {
      let changed = 0;
      for (let y = top; y < Math.min(height, top + TILE); y += 1)
        for (let x = left; x < Math.min(width, left + TILE); x += 1)
          if (mask[(y * width + x) * 4 + 3]) changed += 1;
      if (changed > (TILE * TILE) / 4) found.push(`${left * SCALE},${top * SCALE}`);
    }
  return found;
}

async function show(screenshot: Buffer, name: string): Promise<string> {
  const folder = join(tmpdir(), 'postrider-pictures');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  writeFileSync(path, screenshot);
  return `see ${path} beside tests/browser/pictures/${name}.png`;
}

/** Holds a look against its kept picture; with `RENEW_PICTURES` set, keeps it instead where it differs. */
export async function faultOf(browser: Browser, look: Look): Promise<string | null> {
  const name = nameOf(look);
  const path = join(REFERENCES, `${name}.png`);
  const screenshot = await takeScreenshot(browser, look);
  const fault = existsSync(path)
    ? await differenceFrom(readFileSync(path), screenshot, name)
    : `${name}: no picture is kept`;
  if (fault === null || !process.env.RENEW_PICTURES) return fault;
  writeFileSync(path, screenshot);
  return null;
}
