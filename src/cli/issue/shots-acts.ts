/** What `postrider issue shots` does: a file becomes one picture for each look. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { Refused } from '../../errors.ts';
import { html } from '../../http/html.ts';
import type { Seen } from '../../http/preview/parts.ts';
import { LOOKS, type Look, showAs, WIDTHS } from '../../http/preview/show-as.ts';
import { fetchPicture } from '../../io/fetch/picture.ts';
import { Patience } from '../../issue/media/time-budget.ts';
import type { Reader } from '../../render/edition/edition.ts';
import { openChromium } from '../chromium.ts';
import { readSource } from './files.ts';
import { LiveIssue } from './live-issue.ts';
import type { Surroundings } from './render-context.ts';

export interface Shot {
  look: Look | 'text';
  path: string;
  /** In px. */
  width: number;
  height: number;
}

export interface ShotsAsk {
  folder: string;
  /** The browser's path, or null for the one that is found. */
  chromium: string | null;
  /** The address of the subscriber who reads; null: somebody invented. */
  as?: string | null;
  /** In px: pictures are cut below it. */
  highest?: number | undefined;
}

/** No host of the web: requests to it are answered here. */
const BESIDE = 'http://beside.invalid';
/** Chromium draws no picture that is higher. */
const MAX_HEIGHT = 16_384;
/** 80 columns and some room. */
const TEXT_WIDTH = 760;
/** For all pictures of the web together. */
const PICTURES_MS = 15_000;

/** Throws Refused for a file that cannot be shown, for an address that no subscriber has, and without a browser. */
export async function takeShots(
  file: string,
  around: Surroundings,
  { folder, chromium, as = null, highest = MAX_HEIGHT }: ShotsAsk,
): Promise<Shot[]> {
  await readSource(file);
  const issue = new LiveIssue(file, around, () => BESIDE);
  await issue.refresh();
  const seen = issue.seenBy(as === null ? {} : await readerOf(issue, as));
  if (!seen) throw new Refused('unshowable', issue.state().fault ?? `${file} cannot be rendered`);
  await mkdir(folder, { recursive: true });
  const browser = await openChromium(chromium);
  try {
    const pictures = new Pictures(issue);
    const shots: Shot[] = [];
    for (const shown of showings(seen)) shots.push(await shoot(browser, pictures, shown, folder, highest));
    return shots;
  } finally {
    await browser.close();
  }
}

async function readerOf(issue: LiveIssue, address: string): Promise<Reader> {
  const reader = await issue.subscriber?.(address);
  if (reader) return reader;
  throw new Refused('unknown-subscriber', '--as: nobody with that address is known here');
}

interface Showing {
  look: Shot['look'];
  html: string;
  width: number;
}

const showings = ({ html: mail, text }: Seen): Showing[] => [
  ...LOOKS.map((look) => ({ look, html: showAs(mail, look), width: WIDTHS[look] })),
  { look: 'text', html: textPage(text), width: TEXT_WIDTH },
];

/** The plain text as a mail program shows it. */
const textPage = (text: string): string =>
  html`<!doctype html><html><head><meta charset="utf-8"><style>
body{margin:0;padding:24px;background:#fff;color:#111}
pre{margin:0;font:14px/1.5 "Liberation Mono","Noto Sans Mono CJK SC",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
</style></head><body><pre>${text}</pre></body></html>`.text;

async function shoot(
  browser: Browser,
  pictures: Pictures,
  { look, html: shown, width }: Showing,
  folder: string,
  highest: number,
): Promise<Shot> {
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    javaScriptEnabled: false,
    colorScheme: look === 'dark' ? 'dark' : 'light',
  });
  try {
    await page.route('**/*', (route) => (look === 'images-off' ? route.abort() : pictures.answer(route)));
    await page.setContent(shown, { waitUntil: 'load' });
    const path = join(folder, `${look}.png`);
    const height = Math.min(MAX_HEIGHT, highest, await heightOf(page));
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } });
    return { look, path, width, height };
  } finally {
    await page.close();
  }
}

const heightOf = async (page: Page): Promise<number> =>
  Math.ceil((await page.locator('html').boundingBox())?.height ?? 800);

/** Answers the page's requests, each address once: the page itself reaches nothing. */
class Pictures {
  readonly #issue: LiveIssue;
  readonly #patience = new Patience();
  readonly #signal = AbortSignal.timeout(PICTURES_MS);
  readonly #fetched = new Map<string, Promise<Buffer | null>>();

  constructor(issue: LiveIssue) {
    this.#issue = issue;
  }

  async answer(route: Route): Promise<void> {
    const address = route.request().url();
    if (!/^https?:/.test(address)) return route.continue();
    const body = await this.#bytesOf(address);
    return body ? route.fulfill({ body }) : route.abort();
  }

  #bytesOf(address: string): Promise<Buffer | null> {
    if (address.startsWith(`${BESIDE}/`))
      return Promise.resolve(this.#issue.picture(address.slice(BESIDE.length + 1))?.bytes ?? null);
    const known =
      this.#fetched.get(address) ??
      this.#patience.with(address, () => fetchPicture(address, this.#signal)).catch(() => null);
    this.#fetched.set(address, known);
    return known;
  }
}
