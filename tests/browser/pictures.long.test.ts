/** The looks that `npm test` leaves out. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../helpers/chromium.ts';
import { missingFonts } from '../helpers/setup/fonts.ts';
import { otherLooks } from './looks.ts';
import { faultOf, nameOf } from './reference-screenshots.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.skipIf(missingFonts().length > 0)('mails look as their kept pictures', () => {
  test.each(otherLooks.map((look) => [nameOf(look), look] as const))('%s', async (_, look) => {
    expect(await faultOf(browser, look)).toBeNull();
  });
});
