import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from '../helpers/chromium.ts';
import { missingFonts } from '../helpers/setup/fonts.ts';
import { quickLooks } from './looks.ts';
import { differenceFrom, faultOf, nameOf, takeScreenshot } from './reference-screenshots.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

describe.skipIf(missingFonts().length > 0)('mails look as their kept pictures', () => {
  test.each(quickLooks.map((look) => [nameOf(look), look] as const))('%s', async (_, look) => {
    expect(await faultOf(browser, look)).toBeNull();
  });

  test('a button of another colour is told, and so is a line that moved', async () => {
    const look = quickLooks.find(({ file, width }) => file.includes('every-block') && width === 360)!;
    const kept = await takeScreenshot(browser, look);
    expect(await differenceFrom(kept, await takeScreenshot(browser, look), 'same')).toBeNull();
    const painted = await takeScreenshot(
      browser,
      look,
      '.flow .button td,.flow .button a{background:#a11!important}',
    );
    expect(await differenceFrom(kept, painted, 'painted')).toMatch(/places differ, the first at \d+,\d+/);
    const moved = await takeScreenshot(browser, look, 'h2{margin-bottom:34px!important}');
    expect(await differenceFrom(kept, moved, 'moved')).toMatch(/was 120 x \d+, is 120 x \d+/);
  });
});
