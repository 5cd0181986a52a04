/** What the templates of every mail see as `newsletter.*` and `theme.*`. */
import { isIP } from 'node:net';
import type { NewsletterView } from '../edition/newsletter-view.ts';
import { cached } from './cache.ts';
import type { EmailFiles } from './email-files.ts';
import { mailStyles } from './mail-styles.ts';
import { type Theme, themeFor } from './theme.ts';

/** The space on both sides of the content together, in px, on a wide screen. */
const SIDE_SPACE = 64;

export type ThemeView = ReturnType<typeof themeView>;

/** `theme.*`: theme.yaml in the newsletter's colours, with the CSS of the mail. */
export function themeView(
  emails: EmailFiles,
  newsletter: NewsletterView,
  language: string,
  direction: 'ltr' | 'rtl',
) {
  const theme: Theme = themeFor(emails, newsletter, language);
  const key = `styles ${direction} ${JSON.stringify(theme)}`;
  const styles = cached(emails, key, () => mailStyles(emails, theme, direction));
  return {
    ...theme,
    contentWidth: theme.width - SIDE_SPACE,
    /** The sides where lines start and end. */
    start: direction === 'ltr' ? 'left' : 'right',
    end: direction === 'ltr' ? 'right' : 'left',
    /** Chinese, Japanese and Korean characters fill their squares and need more space between lines. */
    lineHeight: theme.square ? '1.75' : '1.6',
    inlineCss: styles.inline,
    headCss: styles.head,
    late: styles.late,
  };
}

/**
 * `newsletter.*`; `archiveUrl` is null if the archive is not public. `names` is the name again, except in a confirmation of
 * several newsletters.
 */
export function newsletterFields(newsletter: NewsletterView, publicUrl: string | null) {
  const { slug, name, logo, postalAddress, from, baseUrl } = newsletter;
  const archiveUrl =
    publicUrl !== null && newsletter.archive === 'public' ? `${publicUrl}/archive/${slug}` : null;
  const welcomeText = newsletter.welcomeText ?? null;
  return { slug, name, names: name, welcomeText, logo, postalAddress, from, baseUrl, archiveUrl };
}

/** The identifier of `List-Id` (RFC 2919), e.g. `weekly.example.org`. */
export function listId(newsletter: NewsletterView, publicUrl: string): string {
  const host = new URL(publicUrl).hostname;
  return `${newsletter.slug}.${isIP(host.replace(/[[\]]/g, '')) ? 'localhost' : host}`;
}
