/** The README's picture of the built-in inbox: `npm run pictures:inbox` keeps it as it is drawn now. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../helpers/chromium.ts';
import { start } from '../helpers/processes.ts';
import { freePort } from '../helpers/redis-server.ts';

const PICTURE = fileURLToPath(new URL('../../docs/pictures/demo-inbox.png', import.meta.url));

test("a mail of the demo, opened in the inbox: the sample issue by its reader's name, a rehearsal, one click to leave", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'postrider-demo-inbox-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const env = { POSTRIDER_HOME: folder, PORT: String(await freePort()) };
  const demo = start(['demo'], { env });
  const [, inbox = ''] = await demo.says(/^inbox +(http\S+)$/m, 90_000);
  const browser = await launchChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(inbox);
  await page.getByRole('listitem').getByRole('link').first().click();
  await page.getByText('Rehearsal').waitFor();
  const reader = await page.locator('article header b').nth(1).innerText();
  const mail = page.frameLocator('iframe');
  await mail.getByText(`Hello ${reader}`).waitFor();
  const picture = mail.getByRole('img').first();
  await expect.poll(() => picture.evaluate((it) => Object(it).naturalWidth)).toBeGreaterThan(500);
  expect(await page.getByRole('link', { name: 'Unsubscribe one click offered' }).isVisible()).toBe(true);
  const shot = await page.screenshot({ path: process.env.RENEW_PICTURES ? PICTURE : undefined });
  expect(shot.length).toBeGreaterThan(20_000);
  expect((await demo.stop('SIGINT')).code).toBe(0);
});
