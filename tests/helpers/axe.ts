/** Accessibility checks with axe-core: the serious and critical findings of a page, in light and dark mode. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const FILE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Each with the markup that it is about. Put in by the debugger: a page's own policy may let no script in. */
export async function serious(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(FILE, 'utf8'));
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await page.evaluate<string[]>(violations('{}'));
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await page.evaluate<string[]>(violations("{ runOnly: ['color-contrast'] }"));
  return [...light, ...dark.map((fault) => `in the dark: ${fault}`)];
}

const violations = (options: string): string => `axe.run(${options}).then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160))))`;
