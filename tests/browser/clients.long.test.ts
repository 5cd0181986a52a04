/** Mails in the parts of real mail programs that can be run here, and laid out as Outlook bears it. */
import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outlookFaults } from '../../src/checks/outlook.ts';
import { FAINT_TEXT } from '../../src/cli/theme/browser-faults.ts';
import { readIssue } from '../../src/issue/read.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { checkTheme } from '../../src/render/theme-check/check.ts';
import { launchChromium } from '../helpers/chromium.ts';
import { corpusFiles } from '../helpers/corpus.ts';
import { Roundcube } from '../helpers/roundcube.ts';
import { lynx, type Program, provide, w3m } from '../helpers/setup/programs.ts';
import { context, documentOf, everyKind, newsletter } from '../render/fixtures.ts';

const themes = ['default', 'quiet'];
const { note, files } = corpusFiles();
const values = {
  reader: { name: 'Grace', email: 'grace@example.net', attributes: {} },
  link: {
    view: 'https://x.example/v',
    unsubscribe: 'https://x.example/u',
    preferences: 'https://x.example/p',
  },
};

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

async function mailOf(theme: string, document = documentOf(Object.values(everyKind))): Promise<string> {
  const { edition } = await renderIssue(document, context({ newsletter: { ...newsletter, theme } }));
  return compileFill(edition.html, 'html')(values);
}

async function show<T>(html: string, scheme: 'light' | 'dark', look: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage({ viewport: { width: 720, height: 900 }, colorScheme: scheme });
  try {
    await page.context().setOffline(true);
    await page.setContent(html, { waitUntil: 'domcontentloaded' });
    return await look(page);
  } finally {
    await page.close();
  }
}

const HIGHEST_CELL = "Math.max(...[...document.querySelectorAll('td')].map((cell) => cell.offsetHeight))";

describe('Outlook tears rows above 1,800 px', () => {
  test.each(themes)('no mail of %s has one, nor a fault of the other rules', async (theme) => {
    for (const { name, html } of (await checkTheme(new EmailFiles(), theme)).mails) {
      if (!html.includes('role="article"')) continue;
      expect(outlookFaults(html), name).toEqual([]);
      expect(await show(html, 'light', (page) => page.evaluate<number>(HIGHEST_CELL)), name).toBeLessThan(
        1_800,
      );
    }
  });

  test(`nor does a fifth of ${note}`, async () => {
    for (const file of files.filter((_, at) => at % 5 === 2)) {
      const html = await mailOf('default', readIssue(file.source, { file: file.name }));
      expect(
        await show(html, 'light', (page) => page.evaluate<number>(HIGHEST_CELL)),
        file.name,
      ).toBeLessThan(1_800);
    }
  });
});

describe('terminals', () => {
  const dump = (program: Program, args: string[], html: string): string =>
    execFileSync(provide(program), args, { input: html, encoding: 'utf8' }).replace(/[^\S\n]+/g, ' ');

  test.each(themes)(
    'lynx and w3m keep the letter of an asker and the name apart, in the theme %s',
    async (theme) => {
      const html = await mailOf(theme);
      const texts = [
        dump(lynx, ['-stdin', '-dump', '-nolist', '-width=80', '-display_charset=utf-8'], html),
        dump(w3m, ['-dump', '-T', 'text/html', '-I', 'utf-8', '-O', 'utf-8', '-cols', '80'], html),
      ];
      for (const text of texts) {
        expect(text).toMatch(theme === 'default' ? /^ ?A Ada Question/m : /^ ?Ada Question/m);
        expect(text).toContain('Lamps, fog and a new pier');
        expect(text).not.toContain('AAda');
      }
    },
  );
});

describe('Roundcube', () => {
  let roundcube: Roundcube;
  beforeAll(() => {
    roundcube = new Roundcube();
  });
  afterAll(() => roundcube?.close());

  const page = (body: string): string =>
    `<!doctype html><html lang="en"><head><title>x</title><style>body{margin:0;color:#2c363a;background:#fff}
a{color:#00acff}@media(prefers-color-scheme:dark){body{color:#c5d1d3;background:#21292c}}</style></head>
<body><div class="message-htmlpart" id="message-htmlpart1">${body}</div></body></html>`;

  test.each(
    themes.flatMap((theme) => (['light', 'dark'] as const).map((scheme) => [theme, scheme] as const)),
  )('%s on a %s desktop: every word can be read on the ground of the mail', async (theme, scheme) => {
    const html = await mailOf(theme);
    for (const pictures of ['shown', 'blocked'] as const) {
      const washed = page(roundcube.wash(html, pictures));
      const [faint, background] = await show(washed, scheme, async (at) => [
        await at.evaluate<string[]>(FAINT_TEXT),
        await at.evaluate<string>("getComputedStyle(document.querySelector('.v1ground')).backgroundColor"),
      ]);
      expect(faint).toEqual([]);
      const light = Math.max(...(background as string).match(/\d+/g)!.map(Number));
      expect(scheme === 'dark' ? light < 60 : light > 200, background as string).toBe(true);
    }
  });
});
