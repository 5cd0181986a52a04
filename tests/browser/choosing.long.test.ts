/** The pages where readers choose, leave and see their data, as people meet them. None of them has a script. */
import { mkdirSync } from 'node:fs';
import { sql } from 'kysely';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressToken, dataToken, preferencesToken, unsubscribeToken } from '../../src/consent/tokens.ts';
import { keys, linkTo } from '../consent/fixtures.ts';
import { serious } from '../helpers/axe.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { insertDelivery, insertNewsletter, insertSubscriber } from '../helpers/rows.ts';
import { openWeb, type Web } from '../http/harness.ts';

/** Pictures for people's eyes, where somebody asks for them. */
const SHOTS = process.env.POSTRIDER_TEST_SHOTS;

let web: Web;
let origin: string;
let browser: Browser;
let weekly: number;
let people = 0;

beforeAll(async () => {
  web = await openWeb();
  origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  const { db } = web.database;
  weekly = await insertNewsletter(db, {
    slug: 'weekly',
    name: 'The Weekly with a rather long name that has to wrap on a phone',
    postal_address: 'Example Press, 1 Long Street, 12345 Somewhere',
  });
  await insertNewsletter(db, { slug: 'harbour', name: '港口周报', frequency: '每周一早晨' });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
});

describe.each([
  [360, 'en', 'light'],
  [1280, 'en', 'light'],
  [360, 'zh', 'dark'],
  [1280, 'zh', 'dark'],
] as const)('at %i px in %s, %s', (width, language, colorScheme) => {
  async function open(): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width, height: 800 },
      locale: language,
      isMobile: width < 500,
      colorScheme,
    });
    return context.newPage();
  }

  async function reader() {
    const { db } = web.database;
    const id = await insertSubscriber(db, `Reader-of-mails${people++}@example.org`, weekly);
    const mail = await insertDelivery(db, weekly, id, 'planned');
    return { id, ...(await linkTo(db, weekly, id)), ...mail };
  }

  async function looksRight(page: Page, name: string): Promise<void> {
    if (SHOTS) {
      mkdirSync(SHOTS, { recursive: true });
      await page.screenshot({ path: `${SHOTS}/${name}-${language}-${width}.png`, fullPage: true });
    }
    const seen = await page.evaluate<{ width: number; small: string[]; headings: number }>(MEASURE);
    expect(seen.width, `${name} is wider than the window`).toBeLessThanOrEqual(width);
    expect(seen.small, `${name}: what is too small for a thumb`).toEqual([]);
    expect(seen.headings, `${name}: headings`).toBe(1);
    expect(await serious(page), name).toEqual([]);
    await page.emulateMedia({ colorScheme });
  }

  test('somebody leaves, reads what it stopped, and undoes it', async () => {
    const page = await open();
    await page.goto(`${origin}/unsubscribe/${unsubscribeToken(keys, await reader())}`);
    await looksRight(page, 'unsubscribe');
    await page.locator('button[value=unsubscribe]').click();
    await looksRight(page, 'left');
    await page.locator('button[value=undo]').click();
    await looksRight(page, 'undone');
    await page.context().close();
  });

  test('somebody chooses what they get', async () => {
    const page = await open();
    const ref = await reader();
    await page.goto(`${origin}/preferences/${preferencesToken(keys, ref)}`);
    await looksRight(page, 'preferences');
    await page.locator(`#frequency-${weekly}`).selectOption('first');
    await page.locator('#name').fill('Ada');
    await page.locator('button[value=save]').click();
    await looksRight(page, 'preferences-saved');
    expect(await page.locator(`#frequency-${weekly}`).inputValue()).toBe('first');
    await page.context().close();
  });

  test('somebody sees their data, asks for a link, and changes their address', async () => {
    const page = await open();
    const ref = await reader();
    const { db } = web.database;
    await sql`INSERT INTO consent_records (subscriber_id, newsletter_id, step, wording, source)
      VALUES (${ref.id}, ${weekly}, 'confirmed', 'Press the button to receive it by email.', 'page')`.execute(
      db,
    );
    await sql`UPDATE subscribers SET name = 'Ada', attributes = '{"city":"London"}' WHERE id = ${ref.id}`.execute(
      db,
    );
    await page.goto(`${origin}/data/${dataToken(keys, ref, new Date())}`);
    await looksRight(page, 'data');
    await page.locator('input[name=sure]').check();
    await page.locator('button[value=erase]').click();
    await looksRight(page, 'erased');
    await page.goto(`${origin}/data`);
    await looksRight(page, 'data-link');
    const other = await reader();
    const { rows } = await sql<{ id: number }>`INSERT INTO address_changes (subscriber_id, email, identity)
      VALUES (${other.id}, 'ada@example.net', 'ada@example.net') RETURNING id`.execute(db);
    const token = addressToken(keys, { ...other, change: rows[0]!.id, side: 'new' }, new Date());
    await page.goto(`${origin}/address/${token}`);
    await looksRight(page, 'address');
    await page.context().close();
  });
});

/** Runs in the browser, beside the page's own world. */
const MEASURE = `(() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((e) => !e.closest('.trap') && e.type !== 'hidden');
  const height = (e) => (e.closest('label') ?? e).getBoundingClientRect().height;
  return {
    width: document.documentElement.scrollWidth,
    small: all('button, input, select, textarea').filter((e) => height(e) < 44).map((e) => e.outerHTML),
    headings: all('h1').length,
  };
})()`;
