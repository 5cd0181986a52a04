import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuthoringContext } from '../../src/authoring/render/context.ts';
import { startPreview } from '../../src/cli/issue/preview.ts';
import { takeShots } from '../../src/cli/issue/take-shots.ts';
import { diskFolders } from '../../src/io/files.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { serious } from '../helpers/axe.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { seedIssue } from '../helpers/corpus.ts';
import { limit } from '../helpers/machine.js';
import { until } from '../helpers/until.ts';
import { plain } from '../issue/media/fixtures.ts';

const context: AuthoringContext = {
  view: null,
  newsletter: null,
  db: null,
  emails: new EmailFiles(),
  publicUrl: 'http://localhost:3000',
  folders: diskFolders,
};
const issue = (word: string) =>
  `---\ntitle: About ${word}\ndate: 2026-11-20\n---\n\nHello {{name}}, **${word}**.\n\n![A green field](beside.png)\n`;

let browser: Browser;
let page: Page;
let folder: string;
let file: string;
let preview: Awaited<ReturnType<typeof startPreview>>;

beforeAll(async () => {
  browser = await launchChromium();
  folder = await mkdtemp(join(tmpdir(), 'postrider-preview-'));
  file = join(folder, 'issue.md');
  await writeFile(join(folder, 'beside.png'), await plain(80, 40).png().toBuffer());
  await writeFile(file, issue('apples'));
  preview = await startPreview(file, context, null, 0);
  page = await browser.newPage();
});
afterAll(async () => {
  await browser?.close();
  await preview?.close();
  await rm(folder, { recursive: true, force: true });
});

/** No script runs in the mail's frame, so the page around it is asked; `it` is the mail's document. */
const inMail = <T>(expression: string): Promise<T> =>
  page.evaluate(`((it) => ${expression})(document.getElementById('mail').contentDocument)`);
const often = { withinMs: 8_000, everyMs: 5 };
const mailShows = (text: string) =>
  until(`the mail shows ${text}`, () => inMail<boolean>(`!!it.body?.innerText.includes('${text}')`), often);
const looksAs = (look: string) =>
  until(
    `the mail looks as ${look}`,
    () => inMail<boolean>(`it.URL.includes('look=${look}') && it.readyState === 'complete'`),
    often,
  );
const openTab = (name: string) => page.getByRole('tab', { name }).click();
const panel = () => page.locator('#panel').innerText();

test('shows the mail, with the pictures that lie beside the file, and breaks no policy of its own', async () => {
  const complaints: string[] = [];
  page.on('console', (said) => said.type() === 'error' && complaints.push(said.text()));
  await page.goto(preview.url);
  await mailShows('apples');
  expect(await inMail('it.querySelector("img[alt=\\"A green field\\"]").naturalWidth')).toBe(80);
  expect(await page.locator('#subject').innerText()).toBe('About apples');
  expect(complaints).toEqual([]);
});

test('follows the file, also when it is replaced, and keeps the last good mail while a fault is in it', async () => {
  await writeFile(file, issue('pears'));
  await mailShows('pears');
  await writeFile(file, '---\ndate: 2026-02-31\n---\n\nNo title yet.\n');
  await page.locator('#fault', { hasText: 'date' }).waitFor();
  await writeFile(file, issue('plums'));
  await mailShows('plums');
  expect(await page.locator('#fault').isHidden()).toBe(true);
});

test('nothing on the page keeps anybody out', async () => {
  expect(await serious(page)).toEqual([]);
  await openTab('Checks');
  expect(await serious(page)).toEqual([]);
  await openTab('Desktop');
  await page.emulateMedia({ colorScheme: null });
});

test('a phone is narrow, the dark is dark, images off loads none', async () => {
  await openTab('Phone');
  expect(await page.locator('#mail').evaluate((frame) => frame.clientWidth)).toBe(375);
  const brightness = () =>
    inMail<string>('getComputedStyle(it.body).backgroundColor').then((color) =>
      Number(/\d+/.exec(color)?.[0]),
    );
  await openTab('Dark');
  await looksAs('dark');
  const dark = await brightness();
  await openTab('Images off');
  await looksAs('images-off');
  expect(await inMail('it.querySelector("img").naturalWidth')).toBe(0);
  expect(await brightness()).toBeGreaterThan(dark + 100);
});

test('text, source, headers and checks; as any subscriber', async () => {
  await page.getByLabel('Name').fill('Ada Lovelace');
  await openTab('Plain text');
  await page.locator('#panel').getByText('Hello Ada Lovelace').waitFor();
  await openTab('Headers');
  expect(await panel()).toMatch(/Subject\s+About plums/);
  await openTab('Source');
  expect(await panel()).toMatch(/Content-Type: multipart\/alternative/i);
  await writeFile(file, issue('{{ unknown.thing }}'));
  await openTab('Checks');
  await page
    .locator('#panel')
    .getByText(/line \d+/)
    .first()
    .waitFor();
  await page.reload();
  await page.getByRole('tab', { name: 'Checks', selected: true }).waitFor();
  expect(await page.getByLabel('Name').inputValue()).toBe('Ada Lovelace');
});

test('on a window of 360 px every tab is in sight, whole and free to press, and nothing runs off the side', async () => {
  await writeFile(file, issue('{{ unknown.thing }}'));
  const narrow = await browser.newPage({ viewport: { width: 360, height: 740 } });
  await narrow.goto(preview.url);
  await narrow.locator('#count:not(:empty)').waitFor();
  const shots = process.env.POSTRIDER_TEST_SHOTS;
  if (shots) await narrow.screenshot({ path: join(shots, 'preview-360.png') });
  const tabs = await narrow.evaluate<{ name: string; whole: boolean; free: boolean }[]>(`
    [...document.querySelectorAll('[role=tab]')].map((tab) => {
      const { left, right, top, bottom } = tab.getBoundingClientRect();
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      const whole = left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
      return { name: tab.id, whole, free: tab.contains(hit) };
    })`);
  expect(tabs).toHaveLength(8);
  expect(tabs.filter(({ whole, free }) => !whole || !free)).toEqual([]);
  expect(await narrow.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
  await narrow.close();
});

test('the model issue is on the page again at once (the time is printed: 300 ms on a quiet machine)', async () => {
  const { source } = seedIssue();
  await page.goto(preview.url);
  await writeFile(file, source);
  await until('the page is there', () => page.locator('#subject').innerText(), often);
  const times: number[] = [];
  for (let n = 0; n < 7; n++) {
    const word = `changed${n}word`;
    const start = performance.now();
    await writeFile(file, `${source}\n${word}\n`);
    await mailShows(word);
    times.push(performance.now() - start);
  }
  const median = times.toSorted((a, b) => a - b)[3]!;
  process.stdout.write(
    `preview refresh of the model issue: median ${Math.round(median)} ms of ${times.map(Math.round).join(', ')}\n`,
  );
  expect(Math.min(...times)).toBeLessThan(limit(1_000));
});

test('takes pictures of every look, and says what to install where there is no browser', async () => {
  await writeFile(file, issue('shots'));
  const out = join(folder, 'shots');
  const chromium = process.env.CHROMIUM_PATH ?? null;
  const shots = await takeShots(file, context, { folder: out, chromium });
  expect(shots.map(({ look, width }) => [look, width])).toEqual([
    ['desktop', 900],
    ['phone', 375],
    ['dark', 900],
    ['images-off', 900],
    ['text', 760],
  ]);
  const green = async (look: string) => {
    const { data, info } = await sharp(await readFile(join(out, `${look}.png`)))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    let found = 0;
    for (let at = 0; at < data.length; at += info.channels)
      if (data[at] === 0 && data[at + 1] === 0xaa && data[at + 2] === 0x55) found++;
    return found;
  };
  expect(await green('desktop')).toBeGreaterThan(2_000);
  expect(await green('images-off')).toBe(0);
  const tops = await takeShots(file, context, { folder: out, chromium, maxHeight: 120 });
  expect(tops.map(({ height }) => height)).toEqual([120, 120, 120, 120, 120]);
  const stranger = takeShots(file, context, { folder: out, chromium, as: 'nobody@example.org' });
  await expect(stranger).rejects.toMatchObject({ code: 'unknown-subscriber' });
  const refused = takeShots(file, context, { folder: out, chromium: '/no/such/browser' });
  await expect(refused).rejects.toMatchObject({
    code: 'no-chromium',
    message: expect.stringContaining('apt-get install chromium'),
  });
});
