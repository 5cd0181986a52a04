/** `postrider theme new|check`: creates a theme, and checks themes for faults. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { outlookFaults } from '../../checks/outlook.ts';
import type { Config } from '../../config/config.ts';
import { Refused } from '../../errors.ts';
import { EmailFiles } from '../../render/theme/email-files.ts';
import { checkTheme, type ThemeCheck, type ThemeMail } from '../../render/theme-check/check.ts';
import { out, tell } from '../output.ts';
import { counted } from '../text.ts';
import { browserFaults } from './browser-faults.ts';
import { writeTheme } from './copy-theme.ts';

export function themeCommands(root: Command, readSettings: () => Config): void {
  const theme = root.command('theme').description('Themes: how mails and public pages look.');
  const json = ['--json', 'one JSON value on standard output'] as const;
  theme
    .command('new <name>')
    .description('Copies a theme into EMAILS_DIR (./emails when it is not set), to be changed there.')
    .option('--from <theme>', 'the theme to copy', 'default')
    .option(...json)
    .action((name: string, { from }: { from: string }) => newTheme(readSettings(), name, from));
  theme
    .command('check [name]')
    .description(
      'Renders all samples and service mails in all languages, and reports faults by file and line.',
    )
    .option('--chromium <file>', 'the browser that measures widths and dark mode')
    .option('--no-browser', 'render only')
    .option(...json)
    .action((name: string | undefined, options: CheckOptions) => check(readSettings(), name, options));
}

interface CheckOptions {
  chromium?: string;
  browser: boolean;
}

/** The folder of the designer's themes, for `new` and `check` alike. */
const ownFolder = ({ emailsDir }: Config): string => emailsDir ?? resolve('emails');

function newTheme(config: Config, name: string, from: string): void {
  const folder = ownFolder(config);
  const files = writeTheme(new EmailFiles(folder), folder, name, from);
  const hint = config.emailsDir ? '' : `\nSet EMAILS_DIR=${folder}, so that Postrider finds it.`;
  const use = `postrider newsletter set NEWSLETTER --theme ${name}`;
  out(
    { theme: name, folder, files },
    `${files.join('\n')}${hint}\nThen: postrider theme check ${name}, and ${use}`,
  );
}

async function check(config: Config, wanted: string | undefined, options: CheckOptions): Promise<void> {
  const emails = new EmailFiles(ownFolder(config));
  const themes = new Map<string, ThemeCheck>();
  for (const name of wanted === undefined ? themesOf(emails) : [wanted])
    themes.set(name, await checkTheme(emails, name).catch(asFault));
  const mails = [...themes].flatMap(([theme, checked]) =>
    checked.mails.map(({ name, html }) => ({ name: `${theme}: ${name}`, html })),
  );
  const rendered = [...themes.values()].flatMap((checked) => checked.faults);
  for (const { name, html } of mails.filter(isMail))
    rendered.push(...outlookFaults(html).map((text) => `${name}: ${text}`));
  const faults = [
    ...new Set([
      ...rendered,
      ...(options.browser ? await checkInBrowser(mails, options.chromium ?? null) : []),
    ]),
  ];
  const sum = `${counted(themes.size, 'theme')}, ${mails.length} mails and pages, ${counted(faults.length, 'fault')}`;
  const ok = faults.length === 0;
  out({ ok, themes: [...themes.keys()], mails: mails.length, faults }, [...faults, sum].join('\n'));
  if (!ok) process.exitCode = 1;
}

/** Not a public page. */
const isMail = ({ html }: ThemeMail): boolean => html.includes('role="article"');

/** Skips stray files. */
const themesOf = (emails: EmailFiles): string[] =>
  emails.list('themes').filter((name) => emails.read(`themes/${name}/theme.yaml`) !== null);

/** Reports an unreadable theme.yaml as a fault of the theme. A theme that does not exist is refused. */
function asFault(error: unknown): ThemeCheck {
  if (error instanceof Refused && error.code === 'template') return { mails: [], faults: [error.message] };
  throw error;
}

/** Skips these checks when there is no browser, unless the command named one. */
async function checkInBrowser(mails: readonly ThemeMail[], chromium: string | null): Promise<string[]> {
  return browserFaults(mails, chromium).catch((error: unknown) => {
    if (!(error instanceof Refused) || chromium !== null) throw error;
    tell(`widths and dark mode were not checked: ${error.message}`);
    return [];
  });
}
