import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { renderIssue } from '../../../src/render/issue.ts';
import { contrast, readableOn, softTint, textColorOn } from '../../../src/render/theme/color.ts';
import { thunderbirdLightness } from '../../../src/render/theme/dark-css.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { mailStyles } from '../../../src/render/theme/mail-styles.ts';
import { outlookFonts } from '../../../src/render/theme/outlook-fonts.ts';
import { themeFor } from '../../../src/render/theme/theme.ts';
import { context, documentOf, everyKind } from '../fixtures.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The built-in files with one of them changed. */
function changed(path: string, change: (text: string) => string): EmailFiles {
  const folder = mkdtempSync(join(tmpdir(), 'theme-'));
  folders.push(folder);
  cpSync('emails', folder, { recursive: true });
  writeFileSync(join(folder, path), change(readFileSync(join(folder, path), 'utf8')));
  return new EmailFiles(folder);
}

const emails = new EmailFiles();
const plain = { theme: 'default', colors: {} };
const all = new Set(['flow', 'surface', 'qa', 'answer']);

test('text can be read on every ground of the default theme, light and dark', () => {
  const theme = themeFor(emails, plain, 'en');
  for (const { text, muted, accent, onAccent, surface, tint, background } of [theme.light, theme.dark]) {
    for (const background of [surface, tint]) {
      for (const ink of [text, muted, accent]) expect(contrast(ink, background)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(muted, background)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(4.5);
  }
});

test('a newsletter sets its own colours, for light and for dark', () => {
  const { light, dark } = themeFor(
    emails,
    { theme: 'default', colors: { accent: '#0b6e4f', 'dark.surface': '#000' } },
    'en',
  );
  expect(light.accent).toBe('#0b6e4f');
  expect(light.onAccent).toBe('#ffffff');
  expect(dark.surface).toBe('#000');
});

test.each(['#ffe14d', '#2e8b57', '#e91e63', '#ff0000', '#777777'])(
  'an accent such as %s is moved until it can be read on each ground, in the dark too',
  (own) => {
    for (const theme of ['default', 'quiet']) {
      const { light, dark } = themeFor(emails, { theme, colors: { accent: own } }, 'en');
      for (const palette of [light, dark]) {
        const { accent, surface, tint, onAccent } = palette;
        for (const background of [surface, tint, softTint(surface, accent)])
          expect(contrast(accent, background), `${theme}: ${accent} on ${background}`).toBeGreaterThanOrEqual(
            4.5,
          );
        expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(4.5);
      }
    }
  },
);

test('a colour that is none is refused by name', () => {
  const colors = { accent: 'red;} body{display:none' };
  expect(() => themeFor(emails, { theme: 'default', colors }, 'en')).toThrow(
    'colour accent: expected a colour',
  );
});

test('contrast follows WCAG', () => {
  expect(contrast('#000', '#ffffff')).toBeCloseTo(21);
  expect(textColorOn('#ffffff')).toBe('#10151d');
  expect(readableOn('#777777', '#ffffff')).not.toBe('#777777');
});

test('an unknown theme is refused with the names that there are', () => {
  expect(() => themeFor(emails, { theme: 'nope', colors: {} }, 'en')).toThrow(
    /no theme "nope" \(there are: default/,
  );
});

test('a fault in theme.yaml is told with file and line', () => {
  const path = 'themes/default/theme.yaml';
  const lineOf = (name: string) =>
    emails
      .need(path)
      .split('\n')
      .findIndex((line) => line.includes(name)) + 1;
  const wide = changed(path, (text) => text.replace(/width: \d+/, 'width: wide'));
  expect(() => themeFor(wide, plain, 'en')).toThrow(`theme.yaml:${lineOf('width:')}: width:`);
  const broken = changed(path, (text) => text.replace(/width: \d+/, 'width: ['));
  expect(() => themeFor(broken, plain, 'en')).toThrow(/theme\.yaml:\d+: /);
});

test('Chinese gets fonts with Chinese shapes', () => {
  expect(themeFor(emails, plain, 'zh-CN').font).toContain('PingFang SC');
  expect(themeFor(emails, plain, 'ja').font).toContain('Hiragino Sans');
});

test('every rule with a colour that the mail uses has dark twins, for media queries and for Outlook.com', () => {
  const theme = themeFor(emails, plain, 'en');
  const dark = mailStyles(emails, theme, 'ltr').late.dark(all);
  expect(dark).toContain(`\n.flow a{color:${theme.dark.accent}!important}`);
  expect(dark).toContain(`[data-ogsc] .flow a{color:${theme.dark.accent}!important}`);
  expect(dark).toMatch(/\[data-ogsb\] \.qa \.answer\{background-color:#\w{6}!important\}/);
  expect(dark).not.toContain('.callout');
});

/** As if a mail had every class. */
const every = { has: () => true } as unknown as ReadonlySet<string>;

/** The rules of the style element that Thunderbird obeys. */
function thunderbirdRules(theme: string): { selectors: string[]; colors: Record<string, string> }[] {
  const files = themeFor(emails, { theme, colors: {} }, 'en');
  const head = mailStyles(emails, files, 'ltr').late.head(every);
  const [, css = ''] = /<style media="\(prefers-color-scheme:dark\)">([\s\S]*?)<\/style>/.exec(head)!;
  return [...css.matchAll(/([^{}]+)\{([^}]*)\}/g)].map(([, selectors, body]) => ({
    selectors: selectors!.trim().split(','),
    colors: Object.fromEntries(body!.split(';').map((each) => each.replace('!important', '').split(':'))),
  }));
}

test.each(['default', 'quiet'])(
  '%s: Thunderbird keeps every dark colour: grounds below 200, text above or with its ground',
  (theme) => {
    const rules = thunderbirdRules(theme);
    expect(rules.length).toBeGreaterThan(20);
    for (const { selectors, colors } of rules) {
      for (const selector of selectors) expect(selector).toMatch(/^\.moz-text-html \./);
      const { color, 'background-color': background } = colors;
      if (background) expect(thunderbirdLightness(background), selectors.join()).toBeLessThan(200);
      if (color && !background) expect(thunderbirdLightness(color), selectors.join()).toBeGreaterThan(200);
      if (color && background)
        expect(contrast(color, background), selectors.join()).toBeGreaterThanOrEqual(4.5);
    }
  },
);

test('the dark grounds hang on our own outermost element, for webmails take the body away', async () => {
  const theme = themeFor(emails, plain, 'en');
  const { dark } = mailStyles(emails, theme, 'ltr').late;
  expect(dark(all)).toContain(`body,.ground{background-color:${theme.dark.background}!important}`);
  const { edition } = await renderIssue(documentOf([everyKind.prose]), context());
  expect(edition.html).toMatch(/<body\b[^>]*>\s*<div[^>]*>[\s\S]{0,900}<\/div>\s*<div class="ground" /);
});

test('what no inliner may see comes after inlining: Thunderbird rules and Outlook fonts are in no style attribute', async () => {
  const { edition } = await renderIssue(documentOf([everyKind.prose]), context());
  expect(edition.html).not.toMatch(/style="[^"]*(?:mso-fareast|!important)/);
  expect(edition.html).toContain('<!--[if mso]><style type="text/css">\nbody,table,td');
});

test('Outlook gets the fonts of the stack that Windows has, Chinese ones by their own name', () => {
  const fontsOf = (theme: string, language: string) =>
    outlookFonts(themeFor(emails, { theme, colors: {} }, language));
  expect(fontsOf('default', 'en')).toContain(
    "font-family:'Segoe UI', Arial, 'Microsoft YaHei', sans-serif !important",
  );
  expect(fontsOf('quiet', 'en')).toContain(
    "font-family:Georgia, Cambria, 'Times New Roman', serif !important",
  );
  expect(fontsOf('default', 'zh')).toContain("mso-fareast-font-family:'Microsoft YaHei'");
  expect(fontsOf('default', 'en')).toContain('pre,code,pre span,pre a{font-family:Consolas, monospace');
  expect(outlookFonts({ font: 'Lighthouse', codeFont: 'Beam' })).toContain('font-family:Arial, sans-serif');
});

test.each(['default', 'quiet'])('%s: bold is called bold: litehtml knows no 700', (theme) => {
  expect(emails.need(`themes/${theme}/content.css`)).not.toMatch(/font-weight:\s*\d/);
});

test('start and end are left and right, and the other way round where people write that way', () => {
  const theme = themeFor(emails, plain, 'en');
  expect(mailStyles(emails, theme, 'ltr').inline).toContain('border-left: 4px solid');
  expect(mailStyles(emails, theme, 'rtl').inline).toContain('border-right: 4px solid');
  expect(mailStyles(emails, theme, 'rtl').inline).not.toMatch(/inline-(start|end)|text-align: (start|end)/);
});

test('no variable is left for mail programs that know none', () => {
  const styles = mailStyles(emails, themeFor(emails, plain, 'en'), 'ltr');
  expect([styles.inline, styles.head, styles.late.dark(all), styles.late.head(all)].join()).not.toContain(
    'var(',
  );
});

test('an unknown variable and broken CSS are told with file and line', () => {
  const path = 'themes/default/content.css';
  const unknown = changed(path, (text) => `.x {\n  color: var(--none);\n}\n${text}`);
  const styles = (files: EmailFiles) => () => mailStyles(files, themeFor(files, plain, 'en'), 'ltr');
  expect(styles(unknown)).toThrow(/content\.css:2: there is no value "--none"/);
  const lines = emails.need(path).split('\n').length;
  const broken = changed(path, (text) => `${text}.x { color: red`);
  expect(styles(broken)).toThrow(`content.css:${lines}: `);
});

test.each(['default', 'quiet'])(
  '%s: on paper a heading, an asker and a label stay with what follows',
  (theme) => {
    const { head } = mailStyles(emails, themeFor(emails, { theme, colors: {} }, 'en'), 'ltr');
    expect(head).toMatch(
      /@media print\{[^}]*\.flow h2,[^}]*\.flow \.label,[^}]*\.who\{break-after:avoid;page-break-after:avoid\}/,
    );
  },
);
