/** Mails held to HTML's rules and to those of accessibility, by checkers that others wrote. */
import { createRequire } from 'node:module';
import { HtmlValidate } from 'html-validate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmailFiles } from '../../src/render/emails.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots.ts';
import { checkTheme, type ThemeMail } from '../../src/render/theme-check.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { context, documentOf, everyKind, newsletter } from '../render/documents.ts';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const themes = ['default', 'quiet'];
const mails = new Map<string, ThemeMail[]>();
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
  const emails = new EmailFiles();
  for (const theme of themes) {
    const { mails: made } = await checkTheme(emails, theme);
    const document = documentOf(Object.values(everyKind));
    const { edition } = await renderIssue(document, context({ newsletter: { ...newsletter, theme } }));
    const html = compileFill(
      edition.html,
      'html',
    )({ reader: {}, link: { unsubscribe: 'https://x.example/u' } });
    mails.set(theme, [...made, { name: 'every kind', html }]);
  }
});
afterAll(() => browser?.close());

/** Mail programs still need `bgcolor`, `align` and their like; all else that HTML asks for is asked for. */
const validate = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: { 'no-deprecated-attr': 'off' },
});

test.each(themes)('the HTML of every mail of %s is valid', async (theme) => {
  const faults: string[] = [];
  for (const { name, html } of mails.get(theme)!) {
    const { results } = await validate.validateString(html);
    for (const { ruleId, message, line, column } of results.flatMap((each) => each.messages))
      faults.push(`${name}:${line}:${column} ${ruleId}: ${message}`);
  }
  expect(faults).toEqual([]);
});

test.each(themes)('axe-core finds nothing serious in any mail of %s', async (theme) => {
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: 600, height: 800 }, colorScheme });
    await page.context().setOffline(true);
    for (const { name, html } of mails.get(theme)!) {
      await page.setContent(html, { waitUntil: 'domcontentloaded' });
      await page.addScriptTag({ path: axeFile });
      const found = await page.evaluate<string[]>(SERIOUS);
      faults.push(...found.map((fault) => `${name}, ${colorScheme}: ${fault}`));
    }
    await page.close();
  }
  expect(faults).toEqual([]);
});

const SERIOUS = `axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.html.slice(0, 160))))`;
