/** Names in a theme that do not exist, such as `issue.titel`: they print nothing, so nobody would notice. */
import Handlebars from 'handlebars';
import type { Document } from '../../issue/document/document.ts';
import { readIssue } from '../../issue/read.ts';
import type { NewsletterView } from '../edition/newsletter-view.ts';
import { issueFields } from '../issue-fields.ts';
import { noticeFields } from '../service-mail.ts';
import type { EmailFiles } from '../theme/email-files.ts';
import { themeFile, themePartials } from '../theme/theme-files.ts';
import { newsletterFields, themeView } from '../theme/theme-view.ts';

/** One line each, `file:line: ...`. block-names.ts checks `block.*`. */
export function unknownNames(emails: EmailFiles, newsletter: NewsletterView): string[] {
  const known = knownNames(emails, newsletter);
  return templatesIn(emails, newsletter.theme).flatMap((path) =>
    pathsIn(emails.need(path)).flatMap(({ parts, line }) => {
      const siblings = unknownIn(known, parts);
      return siblings === null
        ? []
        : [`${emails.name(path)}:${line}: there is no ${parts.join('.')} (there are: ${siblings})`];
    }),
  );
}

type Names = Readonly<Record<string, unknown>>;

function knownNames(emails: EmailFiles, newsletter: NewsletterView): Names {
  const document: Document = readIssue('---\ntitle: T\ncover: https://example.org/c.png\n---\n', {
    file: 't.md',
  });
  const settings = { baseUrl: null, image: () => null, slot: () => '', width: 600, breakBlanks: false };
  const issue = issueFields(document, { slug: 's', archiveUrl: null }, settings, newsletter);
  return {
    issue: { ...issue, body: '', extra: null },
    newsletter: newsletterFields(newsletter, null),
    theme: themeView(emails, newsletter, 'en', 'ltr'),
    notice: noticeFields((word) => word),
  };
}

/** The names beside the unknown one, or null if the whole path is known (or may contain anything). */
function unknownIn(known: Names, [root = '', ...rest]: readonly string[]): string | null {
  let value: unknown = known[root];
  for (const part of rest) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    if (!Object.hasOwn(value, part))
      return Object.keys(value)
        .map((name) => `${root}.${name}`)
        .join(', ');
    value = (value as Names)[part];
  }
  return null;
}

/** The templates of the theme, its partials, and the blocks it uses. */
function templatesIn(emails: EmailFiles, theme: string): string[] {
  const mails = ['issue', 'confirm', 'welcome', 'notice'].map((name) => `${name}.mjml`);
  const own = emails.list(`themes/${theme}/blocks`);
  const blocks = [...new Set([...emails.list('blocks'), ...own])].filter((name) => name.endsWith('.mjml'));
  return [
    ...mails.map((name) => themeFile(emails, theme, name)),
    ...themePartials(emails, theme).map(([, path]) => path),
    ...blocks.map((name) => themeFile(emails, theme, `blocks/${name}`)),
  ];
}

/** Each path whose root is known at rendering, once. Rendering reports what does not parse. */
function pathsIn(source: string): { parts: string[]; line: number }[] {
  const found = new Map<string, { parts: string[]; line: number }>();
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = ({ parts, original, data, loc }) => {
    if (!data && ['issue', 'newsletter', 'theme', 'notice'].includes(parts[0] ?? '') && !found.has(original))
      found.set(original, { parts, line: loc.start.line });
  };
  try {
    visitor.accept(Handlebars.parse(source));
  } catch {
    return [];
  }
  return [...found.values()];
}
