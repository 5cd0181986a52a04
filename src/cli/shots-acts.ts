/** What `postrider issue shots` does: a file becomes one picture for each look. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { Refused } from '../errors.ts';
import { LOOKS, type Look, showAs, WIDTHS } from '../http/preview/show-as.ts';
import { fetchPicture } from '../io/fetch/picture.ts';
import { Patience } from '../issue/media/patience.ts';
import { openChromium } from './chromium.ts';
import type { Surroundings } from './issue-around.ts';
import { readSource } from './issue-files.ts';
import { LiveIssue } from './live-issue.ts';

export interface Shot {
  look: Look;
  path: string;
  /** In px. */
  width: number;
  height: number;
}

/** No host of the web: requests to it are answered here. */
const BESIDE = 'http://beside.invalid';
/** Chromium draws no picture that is higher. */
const MAX_HEIGHT = 16_384;
/** For all pictures of the web together. */
const PICTURES_MS = 15_000;

/** `highest` cuts pictures below it, in px. Throws Refused for a file that cannot be shown, and without a browser. */
export async function takeShots(
  file: string,
  around: Surroundings,
  folder: string,
  chromium: string | null,
  highest = MAX_HEIGHT,
): Promise<Shot[]> {
  await readSource(file);
  const issue = new LiveIssue(file, around, () => BESIDE);
  await issue.refresh();
  const seen = issue.seenBy({});
  if (!seen) throw new Refused('unshowable', issue.state().fault ?? `${file} cannot be rendered`);
  await mkdir(folder, { recursive: true });
  const browser = await openChromium(chromium);
  try {
    const pictures = new Pictures(issue);
    const shots: Shot[] = [];
    for (const look of LOOKS)
      shots.push(await shoot(browser, pictures, showAs(seen.html, look), look, folder, highest));
    return shots;
  } finally {
    await browser.close();
  }
}

async function shoot(
  browser: Browser,
  pictures: Pictures,
  html: string,
  look: Look,
  folder: string,
  highest: number,
): Promise<Shot> {
  const page = await browser.newPage({
    viewport: { width: WIDTHS[look], height: 800 },
    javaScriptEnabled: false,
    colorScheme: look === 'dark' ? 'dark' : 'light',
  });
  try {
    await page.route('**/*', (route) => (look === 'images-off' ? route.abort() : pictures.answer(route)));
    await page.setContent(html, { waitUntil: 'load' });
    const path = join(folder, `${look}.png`);
    const height = Math.min(MAX_HEIGHT, highest, await heightOf(page));
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width: WIDTHS[look], height } });
    return { look, path, width: WIDTHS[look], height };
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
