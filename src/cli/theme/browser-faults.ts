/** Checks mails in a browser: whether they fit a phone, and are readable in dark mode. */
import type { Page } from 'playwright-core';
import type { ThemeMail } from '../../render/theme-check/check.ts';
import { openChromium } from '../chromium.ts';

const WIDTHS = [360, 600, 1280];

/** The faults at three widths, in light and dark mode. Throws Refused when there is no browser. */
export async function browserFaults(mails: readonly ThemeMail[], chromium: string | null): Promise<string[]> {
  const browser = await openChromium(chromium);
  try {
    const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
    const page = await context.newPage();
    const faults: string[] = [];
    for (const mail of mails) faults.push(...(await look(page, mail)));
    return faults;
  } finally {
    await browser.close();
  }
}

async function look(page: Page, { name, html }: ThemeMail): Promise<string[]> {
  const faults: string[] = [];
  await page.setContent(html, { waitUntil: 'domcontentloaded' });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    const found = await page.evaluate<number>('document.documentElement.scrollWidth');
    if (found > width) faults.push(`${name}: takes ${found} px on a screen of ${width} px`);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const faint = await page.evaluate<string[]>(FAINT_TEXT);
    faults.push(...faint.map((text) => `${name}: hard to read in the ${colorScheme}: ${text}`));
  }
  return faults;
}

/** Texts whose contrast with their background is below 4.5 (WCAG 2.2, 1.4.3), with their classes. */
export const FAINT_TEXT = `(() => {
  const rgb = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (color) => {
    const [r, g, b] = rgb(color).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (rgb(color)[3] !== 0) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.nodeValue.trim() || !element.getClientRects().length) continue;
    if (getComputedStyle(element).visibility === 'hidden' || getComputedStyle(element).opacity === '0') continue;
    const [a, b] = [light(getComputedStyle(element).color), light(backgroundOf(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faint.push('<' + element.tagName.toLowerCase() + ' class="' + element.className + '"> ' + contrast.toFixed(1) + ' "' + walker.currentNode.nodeValue.trim().slice(0, 30) + '"');
  }
  return faint;
})()`;
