/** Mails held to HTML's rules and to those of accessibility, by checkers that others wrote. */
import { HtmlValidate } from 'html-validate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archivePage } from '../../src/render/archive.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { checkTheme, type ThemeMail } from '../../src/render/theme-check/check.ts';
import { serious } from '../helpers/axe.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { context, documentOf, everyKind, newsletter } from '../render/fixtures.ts';

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
    mails.set(theme, [
      ...made,
      { name: 'every kind', html },
      { name: 'every kind in the archive', html: archivePage(edition) },
    ]);
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

/** Between them they have every block, both languages, a long conversation and a form of each mail. */
const LOOKED_AT = [
  'every kind',
  'every kind in the archive',
  'every-block-en.md (en)',
  'weekly-zh.md (zh)',
  'confirmation (en)',
  'page (en)',
];

test.each(themes)('axe-core finds nothing serious in the mails of %s', async (theme) => {
  const looked = mails.get(theme)!.filter(({ name }) => LOOKED_AT.includes(name));
  expect(looked).toHaveLength(LOOKED_AT.length);
  const faults: string[] = [];
  const page = await browser.newPage({ viewport: { width: 600, height: 800 } });
  await page.context().setOffline(true);
  for (const { name, html } of looked) {
    await page.setContent(html, { waitUntil: 'domcontentloaded' });
    faults.push(...(await serious(page)).map((fault) => `${name}: ${fault}`));
  }
  await page.close();
  expect(faults).toEqual([]);
});
