/** Tries a theme on every sample and service mail in every language, so that designers learn of faults before a send. */
import { Refused } from '../../errors.ts';
import type { Document } from '../../issue/document/document.ts';
import { directionOf } from '../../issue/document/language.ts';
import { readIssue } from '../../issue/read.ts';
import type { Edition } from '../edition/edition.ts';
import type { NewsletterView } from '../edition/newsletter-view.ts';
import { renderIssue } from '../issue.ts';
import { renderPage } from '../page.ts';
import { renderServiceMail, serviceMailNames } from '../service-mail.ts';
import { compileFill } from '../slots/fill.ts';
import { MIN_CONTRAST } from '../theme/color.ts';
import type { EmailFiles } from '../theme/email-files.ts';
import { lowContrastPairs } from '../theme/low-contrast.ts';
import { themeFor } from '../theme/theme.ts';
import { languagesOf, unknownWords } from '../theme/words.ts';
import { unknownBlockNames } from './block-names.ts';
import { unknownNames } from './unknown-names.ts';

/** A mail that the theme made, filled for a reader. Its name is e.g. `weekly-en (zh)`. */
export interface ThemeMail {
  name: string;
  html: string;
}

export interface ThemeCheck {
  mails: ThemeMail[];
  /** One line each, without repetitions; `file:line: ...` where the place is known. */
  faults: string[];
}

const PUBLIC_URL = 'https://news.example.org';
const ADDRESS = '1 Harbour Road, 20457 Port';

/** Throws Refused('unknown-theme' | 'template') if theme.yaml cannot be read; anything else is reported as a fault. */
export async function checkTheme(emails: EmailFiles, theme: string): Promise<ThemeCheck> {
  const faults = new Set([
    ...contrastFaults(emails, theme),
    ...unknownWords(emails),
    ...unknownNames(emails, sampleNewsletter(theme, 'en')),
    ...unknownBlockNames(emails, theme),
  ]);
  const mails: ThemeMail[] = [];
  for (const language of languagesOf(emails)) {
    for (const [name, make] of sampleMails(emails, sampleNewsletter(theme, language), language)) {
      const html = await make().catch((error: unknown) => {
        for (const line of faultsOf(error)) faults.add(line);
      });
      if (!html) continue;
      mails.push({ name: `${name} (${language})`, html });
      if (!html.includes(ADDRESS)) faults.add(`${name}: does not show {{newsletter.postalAddress}}`);
    }
  }
  return { mails, faults: [...faults] };
}

/** Any other error is a bug of ours and is rethrown. */
function faultsOf(error: unknown): string[] {
  if (error instanceof Refused) return error.message.split('\n');
  throw error;
}

type SampleMail = [name: string, make: () => Promise<string>];

function sampleMails(emails: EmailFiles, newsletter: NewsletterView, language: string): SampleMail[] {
  const names = emails.list('samples').filter((name) => name.endsWith('.md'));
  return [
    ...names.map(
      (name): SampleMail => [name, () => issueMail(emails, newsletter, sample(emails, name, language))],
    ),
    ...serviceMailNames.map(
      (kind): SampleMail => [
        kind,
        async () => filled(await renderServiceMail(kind, newsletter, language, emails)),
      ],
    ),
    ['page', async () => renderPage({ newsletter, language, emails, title: 'Page', body: '<h1>Page</h1>' })],
  ];
}

/** A sample as if it were written in that language, so that every language is tried with every block. */
function sample(emails: EmailFiles, name: string, language: string): Document {
  const document = readIssue(emails.need(`samples/${name}`), { file: name, language });
  return { ...document, language, direction: directionOf(language) };
}

async function issueMail(
  emails: EmailFiles,
  newsletter: NewsletterView,
  document: Document,
): Promise<string> {
  const archiveUrl = `${PUBLIC_URL}/archive/sample/1`;
  const context = { newsletter, issue: { slug: '1', archiveUrl }, publicUrl: PUBLIC_URL, emails };
  const { edition } = await renderIssue(document, context);
  if (edition.slots.includes('link.unsubscribe') && edition.html.includes('link.unsubscribe'))
    return filled(edition);
  throw new Refused('template', `themes/${newsletter.theme}/issue.mjml: does not show {{link.unsubscribe}}`);
}

function filled(edition: Edition): string {
  const link = Object.fromEntries(
    ['view', 'unsubscribe', 'preferences', 'confirm', 'reject'].map((name) => [
      name,
      `${PUBLIC_URL}/${name}`,
    ]),
  );
  return compileFill(
    edition.html,
    'html',
  )({
    reader: { name: 'Grace', email: 'grace@example.net', attributes: {} },
    link,
  });
}

const sampleNewsletter = (theme: string, language: string): NewsletterView => ({
  slug: 'sample',
  name: 'Sample Weekly',
  from: { name: 'Sample Weekly', address: 'news@example.org' },
  replyTo: null,
  language,
  theme,
  colors: {},
  logo: null,
  postalAddress: ADDRESS,
  baseUrl: 'https://www.example.org/',
  archive: 'public',
});

function contrastFaults(emails: EmailFiles, name: string): string[] {
  const file = emails.name(`themes/${name}/theme.yaml`);
  const theme = themeFor(emails, { theme: name, colors: {} }, 'en');
  return lowContrastPairs(theme).map(
    ({ scheme, ink, background, found }) =>
      `${file}: ${scheme}: ${ink} on ${background} has a contrast of ${found.toFixed(1)}; readable text needs ${MIN_CONTRAST}`,
  );
}
