import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inboxRoutes } from '../../src/http/inbox/routes.ts';
import { sendSecurityHeaders } from '../../src/http/security.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { limit } from '../helpers/machine.js';
import { useTestDatabase } from '../helpers/use-test-database.ts';
import { hostile, keepMail, weekly } from '../http/inbox/fixtures.ts';

const database = useTestDatabase();
let app: FastifyInstance;
let browser: Browser;
let address: string;

beforeAll(async () => {
  app = Fastify();
  sendSecurityHeaders(app);
  await app.register(inboxRoutes, { db: database.db });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
  browser = await launchChromium();
});
beforeEach(() => database.db.deleteFrom('inbox_mails').execute());
afterAll(async () => {
  await browser?.close();
  await app?.close();
});

/** Opens a page, hands it to `act`, and closes it with all that it opened. */
async function visit(options: BrowserContextOptions, act: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(limit(10_000));
  try {
    await act(await context.newPage());
  } finally {
    await context.close();
  }
}

const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe.each([360, 1280])('at %i px, with JavaScript off', (width) => {
  const options = { viewport: { width, height: 800 }, javaScriptEnabled: false };

  test('an editor looks through a rehearsal', async () => {
    for (let n = 1; n <= 60; n++)
      await keepMail(database.db, weekly({ name: `读者${n}`, to: `r${n}@example.com` }), `r${n}@example.com`);
    await visit(options, async (page) => {
      await page.goto(`${address}/inbox/`);
      expect(await page.locator('.mails li').count()).toBe(50);
      expect(await overflow(page)).toBe(0);
      await page.getByRole('link', { name: 'Older →' }).click();
      await page.getByText('读者10').click();

      const mail = page.frameLocator('iframe');
      await mail.getByRole('heading', { name: '你好，李雷' }).waitFor();
      expect(await overflow(page)).toBe(0);
      expect(await page.getByRole('link', { name: /Unsubscribe/ }).getAttribute('href')).toBe(
        'https://example.org/unsubscribe/k.token',
      );
      for (const [tab, text] of [
        ['Text', '请看'],
        ['Headers', 'List-Unsubscribe-Post'],
        ['Source', 'boundary=b1'],
      ] as const) {
        await page.getByRole('link', { name: tab, exact: true }).click();
        await page.locator('.mail').getByText(text).first().waitFor();
        expect(await overflow(page)).toBe(0);
      }
      await page.getByRole('link', { name: '← All mails' }).click();
      await page.getByRole('searchbox').fill('r42@');
      await page.getByRole('searchbox').press('Enter');
      await page.getByRole('heading', { name: '1 mail' }).waitFor();
      await page.getByText('Empty the inbox').click();
      await page.getByRole('button', { name: 'Delete all mails' }).click();
      await page.getByRole('heading', { name: 'Waiting for the first mail' }).waitFor();
      expect(await overflow(page)).toBe(0);
    });
  });

  test('a link in the mail opens an ordinary page in a new tab, where forms work', async () => {
    const target = '<html><body><a href="TARGET/inbox/?q=nobody">leave</a></body></html>';
    const html = target.replace('TARGET', address);
    const id = await keepMail(database.db, `Content-Type: text/html\n\n${html}`);
    await visit(options, async (page) => {
      await page.goto(`${address}/inbox/${id}`);
      const [opened] = await Promise.all([
        page.context().waitForEvent('page'),
        page.frameLocator('iframe').getByRole('link', { name: 'leave' }).click(),
      ]);
      await opened.getByRole('heading', { name: 'No mail with “nobody”' }).waitFor();
      await opened.getByRole('searchbox').fill('else');
      await opened.getByRole('searchbox').press('Enter');
      await opened.getByRole('heading', { name: 'No mail with “else”' }).waitFor();
      expect(page.url()).toBe(`${address}/inbox/${id}`);
    });
  });
});

test('the phone view shows the mail 375 px wide', async () => {
  const id = await keepMail(database.db, weekly());
  await visit({ viewport: { width: 1280, height: 800 }, javaScriptEnabled: false }, async (page) => {
    await page.goto(`${address}/inbox/${id}`);
    await page.getByRole('link', { name: 'Phone' }).click();
    await page.waitForURL('**?width=phone');
    expect(await page.locator('iframe').evaluate((frame) => frame.clientWidth)).toBe(375);
  });
});

test('in a browser with JavaScript, a hostile mail runs nothing, asks nobody and takes no window', async () => {
  const requests: string[] = [];
  const elsewhere = http.createServer((request, response) => {
    requests.push(request.url ?? '');
    response.end('<h1>elsewhere</h1>');
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
  const beacon = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  const id = await keepMail(database.db, hostile(beacon), '"><script>alert(0)</script>@example.com');
  await visit({ viewport: { width: 1280, height: 800 } }, async (page) => {
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    for (const path of ['', `${id}/text`, `${id}/headers`, `${id}/source`, `${id}/frame`, `${id}`])
      await page.goto(`${address}/inbox/${path}`, { waitUntil: 'load' });
    const frame = page.frameLocator('iframe');
    await frame.locator('#js').click();
    await frame.getByRole('button', { name: 'send' }).click();
    await frame.locator('#top').click();
    await Promise.all([
      page.waitForEvent('console', (message) => /frame-src/.test(message.text())),
      frame.locator('#self').click(),
    ]);
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(dialogs).toEqual([]);
    expect(page.url()).toBe(`${address}/inbox/${id}`);
    expect(requests).toEqual([]);
  });
  elsewhere.closeAllConnections();
  elsewhere.close();
});
