/** Names in a theme that nothing answers to, such as `issue.titel`: they print nothing, and nobody would notice. */
import Handlebars from 'handlebars';
import type { Document } from '../../issue/document/document.ts';
import { readIssue } from '../../issue/read.ts';
import type { NewsletterView } from '../edition/newsletter-view.ts';
import { issueFields } from '../issue-fields.ts';
import type { EmailFiles } from '../theme/email-files.ts';
import { themeFile, themePartials } from '../theme/theme-files.ts';
import { newsletterFields, themeView } from '../theme/theme-view.ts';

/** One line each, `file:line: ...`. `block.*` is judged in block-names.ts. */
export function unknownNames(emails: EmailFiles, newsletter: NewsletterView): string[] {
  const known = knownNames(emails, newsletter);
  return templatesIn(emails, newsletter.theme).flatMap((path) =>
    pathsIn(emails.need(path)).flatMap(({ parts, line }) => {
      const near = unknownIn(known, parts);
      return near === null
        ? []
        : [`${emails.name(path)}:${line}: there is no ${parts.join('.')} (there are: ${near})`];
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
  };
}

/** The names that stand beside the unknown one, or null where all of the path is known (or holds anything). */
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

/** Of the theme, its partials, and the blocks that it uses. */
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

/** Each path of a root that is known when a mail is rendered, once. What does not parse is told elsewhere. */
function pathsIn(source: string): { parts: string[]; line: number }[] {
  const found = new Map<string, { parts: string[]; line: number }>();
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = ({ parts, original, data, loc }) => {
    if (!data && ['issue', 'newsletter', 'theme'].includes(parts[0] ?? '') && !found.has(original))
      found.set(original, { parts, line: loc.start.line });
  };
  try {
    visitor.accept(Handlebars.parse(source));
  } catch {
    return [];
  }
  return [...found.values()];
}
