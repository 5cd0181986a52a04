/** Takes one screenshot of an issue's mail for each way of looking at it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { FilePreview } from '../../authoring/file-preview.ts';
import type { AuthoringContext } from '../../authoring/render/context.ts';
import { Refused } from '../../errors.ts';
import { html } from '../../http/html.ts';
import type { PreviewView } from '../../http/preview/preview.ts';
import { LOOKS, type Look, showAs, WIDTHS } from '../../http/preview/show-as.ts';
import { fetchPicture } from '../../io/fetch/picture.ts';
import { TimeBudget } from '../../issue/media/time-budget.ts';
import type { Reader } from '../../render/edition/edition.ts';
import { openChromium } from '../chromium.ts';
import { readSource } from './read-source.ts';

interface Shot {
  look: Look | 'text';
  path: string;
  /** In px. */
  width: number;
  height: number;
}

interface ShotsOptions {
  folder: string;
  /** The browser's path; null looks for one. */
  chromium: string | null;
  /** The address of a subscriber; null: an invented reader. */
  as?: string | null;
  /** In px. Longer pictures are cut there. */
  maxHeight?: number | undefined;
}

/** The host of pictures beside the file. It does not exist: requests to it are answered here. */
const PICTURES_URL = 'http://beside.invalid';
/** In px. Chromium cannot draw a taller picture. */
const MAX_HEIGHT = 16_384;
/** In px: 80 columns and a margin. */
const TEXT_WIDTH = 760;
/** The time limit for all pictures from the web together. */
const MAX_FETCH_MS = 15_000;

/** Throws Refused for a file that cannot be shown, for an address that no subscriber has, and without a browser. */
export async function takeShots(
  file: string,
  context: AuthoringContext,
  { folder, chromium, as = null, maxHeight = MAX_HEIGHT }: ShotsOptions,
): Promise<Shot[]> {
  await readSource(file);
  const preview = new FilePreview({
    file,
    read: () => readSource(file),
    context,
    mediaUrl: () => PICTURES_URL,
  });
  await preview.refresh();
  const seen = preview.viewFor(as === null ? {} : await readerOf(preview, as));
  if (!seen) throw new Refused('unshowable', preview.state().fault ?? `${file} cannot be rendered`);
  await mkdir(folder, { recursive: true });
  const browser = await openChromium(chromium);
  try {
    const pictures = new Pictures(preview);
    const shots: Shot[] = [];
    for (const showing of showings(seen))
      shots.push(await shoot(browser, pictures, showing, folder, maxHeight));
    return shots;
  } finally {
    await browser.close();
  }
}

async function readerOf(preview: FilePreview, address: string): Promise<Reader> {
  const reader = await preview.subscriber?.(address);
  if (reader) return reader;
  throw new Refused('unknown-subscriber', '--as: nobody with that address is known here');
}

interface Showing {
  look: Shot['look'];
  html: string;
  width: number;
}

const showings = ({ html: mail, text }: PreviewView): Showing[] => [
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
  { look, html, width }: Showing,
  folder: string,
  maxHeight: number,
): Promise<Shot> {
  const page = await browser.newPage({
    viewport: { width, height: 800 },
    javaScriptEnabled: false,
    colorScheme: look === 'dark' ? 'dark' : 'light',
  });
  try {
    await page.route('**/*', (route) => (look === 'images-off' ? route.abort() : pictures.answer(route)));
    await page.setContent(html, { waitUntil: 'load' });
    const path = join(folder, `${look}.png`);
    const height = Math.min(MAX_HEIGHT, maxHeight, await heightOf(page));
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } });
    return { look, path, width, height };
  } finally {
    await page.close();
  }
}

const heightOf = async (page: Page): Promise<number> =>
  Math.ceil((await page.locator('html').boundingBox())?.height ?? 800);

/** Answers the page's requests, fetching each address once. The page itself has no network. */
class Pictures {
  readonly #preview: FilePreview;
  readonly #timeBudget = new TimeBudget();
  readonly #signal = AbortSignal.timeout(MAX_FETCH_MS);
  readonly #fetched = new Map<string, Promise<Buffer | null>>();

  constructor(preview: FilePreview) {
    this.#preview = preview;
  }

  async answer(route: Route): Promise<void> {
    const address = route.request().url();
    if (!/^https?:/.test(address)) return route.continue();
    const body = await this.#bytesOf(address);
    return body ? route.fulfill({ body }) : route.abort();
  }

  #bytesOf(address: string): Promise<Buffer | null> {
    if (address.startsWith(`${PICTURES_URL}/`))
      return Promise.resolve(this.#preview.picture(address.slice(PICTURES_URL.length + 1))?.bytes ?? null);
    const known =
      this.#fetched.get(address) ??
      this.#timeBudget.run(address, () => fetchPicture(address, this.#signal)).catch(() => null);
    this.#fetched.set(address, known);
    return known;
  }
}
