import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { contrast, inkOn, readableOn, softOf } from '../../src/render/color.ts';
import { EmailFiles } from '../../src/render/emails.ts';
import { mailStyles } from '../../src/render/styles.ts';
import { themeFor } from '../../src/render/theme.ts';

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
    for (const ground of [surface, tint]) {
      for (const ink of [text, muted, accent]) expect(contrast(ink, ground)).toBeGreaterThanOrEqual(4.5);
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
        for (const ground of [surface, tint, softOf(surface, accent)])
          expect(contrast(accent, ground), `${theme}: ${accent} on ${ground}`).toBeGreaterThanOrEqual(4.5);
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
  expect(inkOn('#ffffff')).toBe('#10151d');
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
