import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeTheme } from '../../../src/cli/theme/copy-theme.ts';
import { EmailFiles } from '../../../src/render/theme/email-files.ts';
import { languagesOf, unknownWords, wordsFor } from '../../../src/render/theme/words.ts';
import { checkTheme } from '../../../src/render/theme-check/check.ts';

let own: string;
beforeEach(() => {
  own = mkdtempSync(join(tmpdir(), 'theme-'));
});
afterEach(() => rmSync(own, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(own, path)), { recursive: true });
  writeFileSync(join(own, path), text);
}

/** The built-in files with few samples: what is checked here is the checking. */
function smallEmails(): EmailFiles {
  const builtIn = mkdtempSync(join(own, 'built-in-'));
  cpSync(join(import.meta.dirname, '../../../emails'), builtIn, {
    recursive: true,
    filter: (path) => !/samples\/.*(?<!every-block-en\.md)$/.test(path),
  });
  return new EmailFiles(own, builtIn);
}

test.each(['default', 'quiet'])('%s holds in every language, with every block', async (theme) => {
  const { mails, faults } = await checkTheme(smallEmails(), theme);
  expect(faults).toEqual([]);
  expect(mails.map(({ name }) => name)).toContain('every-block-en.md (zh)');
});

test('a new theme is a copy that holds, and nothing that is there is written over', async () => {
  const emails = new EmailFiles(own);
  const files = writeTheme(emails, own, 'mine', 'default');
  expect(files.map((file) => file.slice(own.length)).sort()).toEqual(
    readdirSync(join(import.meta.dirname, '../../../emails/themes/default')).map(
      (name) => `/themes/mine/${name}`,
    ),
  );
  expect(readFileSync(join(own, 'themes/mine/theme.yaml'), 'utf8')).toContain('name: mine');
  expect(() => writeTheme(new EmailFiles(own), own, 'mine', 'default')).toThrow(
    'there is already a theme "mine"',
  );
  expect((await checkTheme(smallEmails(), 'mine')).faults).toEqual([]);
});

test('a copy of a theme with blocks of its own has them too', () => {
  writeTheme(new EmailFiles(own), own, 'mine', 'quiet');
  expect(existsSync(join(own, 'themes/mine/blocks/qa.mjml'))).toBe(true);
});

test.each(['../x', 'Mine', '', 'a b', '.git'])('"%s" is no name of a theme', (name) => {
  expect(() => writeTheme(new EmailFiles(own), own, name, 'default')).toThrow('theme name');
});

test('every fault is told once, by file and line', async () => {
  writeTheme(new EmailFiles(own), own, 'mine', 'quiet');
  write('themes/mine/blocks/qa.mjml', '<p>\n{{block.questions.lenght}}{{nobody.knows}}</p>');
  write(
    'themes/mine/blocks/quote.mjml',
    '<p>\n\n{{#if issue.cover.scr}}{{issue.titel}}{{/if}} {{issue.extra.x}}</p>',
  );
  write('words/fr.json', '{\n  "issue.view": "Voir en ligne",\n  "issue.veiw": "?"\n}');
  const { faults } = await checkTheme(smallEmails(), 'mine');
  expect(faults).toContain(`${join(own, 'words/fr.json')}:3: nothing uses "issue.veiw"`);
  const qa = faults.filter((fault) => fault.includes(join(own, 'themes/mine/blocks/qa.mjml:2:')));
  expect(qa).toHaveLength(2);
  expect(qa).toContainEqual(expect.stringContaining('there is no block.questions.lenght'));
  const quote = `${join(own, 'themes/mine/blocks/quote.mjml')}:3: there is no `;
  expect(faults).toContainEqual(expect.stringContaining(`${quote}issue.titel (there are: issue.slug,`));
  expect(faults).toContainEqual(expect.stringContaining(`${quote}issue.cover.scr`));
  expect(faults).toHaveLength(5);
});

test('what "as |item|" stands for is followed, also through pictures', async () => {
  writeTheme(new EmailFiles(own), own, 'mine', 'quiet');
  write(
    'themes/mine/blocks/reading.mjml',
    '{{#each block.rows as |row|}}\n{{#each row as |one at|}}{{one.cover.src}}{{at}}{{one.tittle}}{{#with one.cover as |c|}}{{c.alt}}{{c.scr}}{{/with}}{{/each}}{{row.length}}{{/each}}',
  );
  const { faults } = await checkTheme(smallEmails(), 'mine');
  const place = `${join(own, 'themes/mine/blocks/reading.mjml')}:2: there is no `;
  expect(faults).toEqual([
    `${place}one.tittle (there are: cover, html, title, url)`,
    `${place}c.scr (there are: alt, fullHeight, height, mirrored, src, width)`,
  ]);
});

test('a theme that hides the way out, the address, or its words is told', async () => {
  write(
    'themes/bad/theme.yaml',
    new EmailFiles().need('themes/quiet/theme.yaml').replace('#6a6457', '#c9c5bb'),
  );
  const footer = new EmailFiles().need('themes/default/_footer.mjml');
  const bare = footer
    .replaceAll('link.unsubscribe', 'link.view')
    .replaceAll('newsletter.postalAddress', 'newsletter.name');
  write('themes/bad/_footer.mjml', bare);
  const { faults } = await checkTheme(smallEmails(), 'bad');
  expect(faults.join('\n')).toContain('does not show {{link.unsubscribe}}');
  expect(faults.join('\n')).toMatch(/light: muted on surface has a contrast of 1\.\d/);
  write('themes/bad/_footer.mjml', footer.replaceAll('newsletter.postalAddress', 'newsletter.name'));
  const again = await checkTheme(smallEmails(), 'bad');
  expect(again.faults.join('\n')).toContain('does not show {{newsletter.postalAddress}}');
});

test('a new file of words is a new language, and English stands in for what it lacks', async () => {
  write('words/fr.json', '{ "issue.unsubscribe": "Se désabonner" }');
  const emails = smallEmails();
  expect(languagesOf(emails)).toEqual(['en', 'fr', 'zh']);
  expect(unknownWords(emails)).toEqual([]);
  const t = wordsFor(emails, 'fr-CA');
  expect([t('issue.unsubscribe'), t('issue.view')]).toEqual(['Se désabonner', 'View in browser']);
  const { mails } = await checkTheme(emails, 'default');
  const french = mails.find(({ name }) => name === 'every-block-en.md (fr)')!.html;
  expect(french).toContain('<html lang="fr" dir="ltr"');
  expect(french).toContain('Se désabonner');
});
