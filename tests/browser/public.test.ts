/** The public pages as people meet them: no JavaScript, a phone or a desktop, English or Chinese. */
import { mkdirSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { confirmToken, rejectToken, unsubscribeToken } from '../../src/consent/tokens.ts';
import { confirmationsTo, keys, linkTo, subscriptionOf } from '../consent/fixtures.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { openWeb, type Web } from '../http/harness.ts';

/** Pictures for people's eyes, where somebody asks for them. */
const SHOTS = process.env.POSTRIDER_TEST_SHOTS;

let web: Web;
let origin: string;
let browser: Browser;
let weekly: number;
let chinese: number;

beforeAll(async () => {
  web = await openWeb();
  origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  weekly = await insertNewsletter(web.database.db, {
    slug: 'weekly',
    name: 'The Weekly with a rather long name that has to wrap on a phone',
    colors: JSON.stringify({ accent: '#7a1f5c' }),
    postal_address: 'Example Press, 1 Long Street, 12345 Somewhere',
  });
  const privacy_url = 'https://example.org/privacy';
  await insertNewsletter(web.database.db, {
    slug: 'told',
    name: 'Harbour Weekly',
    description:
      'Boats, tides and people: what happened on the quays this week, what it costs, and who decides about it. Written by three who live there, see https://example.org/a/rather/long/address/that/has/to/break.',
    frequency: 'every Monday morning',
    privacy_url,
  });
  await insertNewsletter(web.database.db, {
    slug: 'told-zh',
    name: '港口周报',
    language: 'zh',
    description: '船只、潮汐与人：这一周码头上发生了什么、花了多少钱、由谁决定。由三位住在港口的作者撰写。',
    frequency: '每周一早晨',
    privacy_url,
  });
  chinese = await insertNewsletter(web.database.db, { slug: 'chinese', name: '湖畔周刊', language: 'zh' });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
});

describe.each([
  [360, 740],
  [1280, 800],
])('at %i px, without JavaScript', (width, height) => {
  let context: BrowserContext;
  let page: Page;

  beforeEach(async () => {
    context = await browser.newContext({
      viewport: { width, height },
      javaScriptEnabled: false,
      locale: 'en-GB',
      isMobile: width < 500,
    });
    page = await context.newPage();
    return () => context.close();
  });

  test('a stranger subscribes, confirms and leaves, by reading and pressing buttons only', async () => {
    const { db } = web.database;
    const email = `Walker${width}@example.org`;
    await look(page, `${origin}/`, 'home', width);
    await page.getByRole('link', { name: /The Weekly/ }).click();
    await looksRight(page, 'subscribe', width);
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Your name').fill('Walker');
    await page.getByRole('button', { name: 'Subscribe' }).click();
    // Nobody types as fast as this test, so it is asked once more whether it is somebody.
    await looksRight(page, 'subscribe-again', width);
    await page.getByRole('button', { name: 'Subscribe' }).click();
    await looksRight(page, 'subscribe-done', width);
    expect(await page.locator('h1').textContent()).toBe('Please look into your mailbox');
    expect(await confirmationsTo(db, email)).toEqual([email]);

    const { subscriber_id: subscriber } = (await subscriptionOf(db, email, weekly))!;
    const ref = await linkTo(db, weekly, subscriber);
    await look(page, `${origin}/confirm/${confirmToken(keys, ref, new Date())}`, 'confirm', width);
    await page.getByRole('button').click();
    await looksRight(page, 'confirm-done', width);
    expect((await subscriptionOf(db, email, weekly))?.state).toBe('confirmed');

    const token = unsubscribeToken(keys, { ...ref, issue: 1, delivery: 1 });
    await look(page, `${origin}/unsubscribe/${token}`, 'unsubscribe', width);
    expect((await subscriptionOf(db, email, weekly))?.state, 'looking is not leaving').toBe('confirmed');
    await page.getByRole('button', { name: 'Unsubscribe', exact: true }).click();
    await looksRight(page, 'unsubscribe-done', width);
    expect((await subscriptionOf(db, email, weekly))?.state).toBe('unsubscribed');
  });

  test('"It was not me", in Chinese', async () => {
    const email = `bystander${width}@example.org`;
    const subscriber = await insertSubscriber(web.database.db, email, chinese, 'pending');
    const token = rejectToken(keys, await linkTo(web.database.db, chinese, subscriber));
    await look(page, `${origin}/reject/${token}?lang=zh`, 'reject-zh', width);
    await page.getByRole('button', { name: '不要再给我写信' }).click();
    await looksRight(page, 'reject-done-zh', width);
    expect((await subscriptionOf(web.database.db, email, chinese))?.left_by).toBe('not-me');
  });

  test.each([
    ['subscribe-zh', '/subscribe/chinese?lang=zh'],
    ['archive', '/archive/weekly'],
    ['link-dead', '/confirm/nonsense'],
    ['not-found-zh', '/nothing?lang=zh'],
  ])('%s stands up', async (name, path) => {
    await look(page, `${origin}${path}`, name, width);
  });

  test.each([
    ['told', 'light', 'en', 'Privacy policy'],
    ['told-zh', 'dark', 'zh', '隐私政策'],
  ] as const)('a newsletter tells strangers of itself: %s, %s', async (slug, colorScheme, language, link) => {
    await page.emulateMedia({ colorScheme });
    await look(page, `${origin}/subscribe/${slug}?lang=${language}`, `subscribe-${slug}`, width);
    const privacy = page.getByRole('link', { name: link });
    expect(await privacy.getAttribute('href')).toBe('https://example.org/privacy');
    expect(await page.locator('.about').isVisible()).toBe(true);
  });

  test('the reader changes the language by a link', async () => {
    await page.goto(`${origin}/subscribe/chinese`);
    await page.getByRole('link', { name: '中文' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh');
    expect(await page.getByRole('button').textContent()).toBe('订阅');
  });
});

test('a scanner that opens every link, and runs scripts, changes nothing and sends nothing', async () => {
  const { db } = web.database;
  const subscriber = await insertSubscriber(db, 'scanned@example.org', weekly, 'pending');
  const ref = await linkTo(db, weekly, subscriber);
  const context = await browser.newContext();
  const page = await context.newPage();
  const posted: string[] = [];
  page.on('request', (request) => {
    if (request.method() !== 'GET') posted.push(request.url());
  });
  const errors: string[] = [];
  page.on('console', (message) => errors.push(message.text()));
  for (const path of [
    `/confirm/${confirmToken(keys, ref, new Date())}`,
    `/reject/${rejectToken(keys, ref)}`,
    `/unsubscribe/${unsubscribeToken(keys, { ...ref, issue: 1, delivery: 1 })}`,
  ])
    await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
  await context.close();
  expect(posted).toEqual([]);
  expect(errors.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
  expect((await subscriptionOf(db, 'scanned@example.org', weekly))?.state).toBe('pending');
});

async function look(page: Page, url: string, name: string, width: number): Promise<void> {
  await page.goto(url);
  await looksRight(page, name, width);
}

/** Nothing runs out of the window, everything to press is large enough for a thumb, every field has a name. */
async function looksRight(page: Page, name: string, width: number): Promise<void> {
  if (SHOTS) {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: `${SHOTS}/${name}-${width}.png`, fullPage: true });
  }
  const seen = await page.evaluate<Seen>(MEASURE);
  expect(seen.width, `${name} is wider than the window`).toBeLessThanOrEqual(width);
  expect(seen.outside, `${name}: what runs out of the window`).toEqual([]);
  expect(seen.small, `${name}: what is too small for a thumb`).toEqual([]);
  expect(seen.headings, `${name}: headings`).toBe(1);
}

interface Seen {
  width: number;
  outside: string[];
  small: string[];
  headings: number;
}

/** Runs in the browser, beside the page's own world, where there is no JavaScript. */
const MEASURE = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => !e.closest('.trap'));
  const box = (e) => e.getBoundingClientRect();
  // What a thumb hits: the label around a tick box belongs to it.
  const target = (e) => (e.type === 'checkbox' || e.type === 'radio' ? e.closest('label') : e);
  return {
    width: document.documentElement.scrollWidth,
    outside: all('main *, footer *').filter((e) => box(e).right > innerWidth + 0.5).map((e) => e.outerHTML),
    small: all('button, input:not([type=hidden])').filter((e) => box(target(e)).height < 44).map((e) => e.outerHTML),
    headings: all('h1').length,
  };
})()`;
