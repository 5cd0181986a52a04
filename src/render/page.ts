/** The frame of every public page: the newsletter's language, colours and name around a body. */
import { directionOf } from '../issue/document/language.ts';
import type { NewsletterView } from './edition/newsletter-view.ts';
import { escapeHtml } from './escape.ts';
import { iconUrl, POSTRIDER_LOGO } from './postrider-logo.ts';
import type { EmailFiles } from './theme/email-files.ts';
import { type Palette, type Theme, themeFor } from './theme/theme.ts';
import { themeFile } from './theme/theme-files.ts';

interface Page {
  /** Null for a page that belongs to no newsletter (the list of newsletters, an unknown address). */
  newsletter: NewsletterView | null;
  language: string;
  emails: EmailFiles;
  /** Plain text. */
  title: string;
  /** HTML; the caller escapes values in it (`escapeHtml`). */
  body: string;
  /** Search engines may list it, because its address belongs to no single person. */
  listed?: boolean;
}

/** A whole HTML page that works without JavaScript, on phones, in dark mode, and in right-to-left languages. */
export function renderPage({ newsletter, language, emails, title, body, listed = false }: Page): string {
  const theme = themeFor(emails, newsletter ?? { theme: 'default', colors: {} }, language);
  const name = newsletter ? `<p class="name">${brand(newsletter)}</p>` : '';
  const logo = newsletter?.logo ? '' : POSTRIDER_LOGO;
  const address = newsletter?.postalAddress ? `<p>${escapeHtml(newsletter.postalAddress)}</p>` : '';
  const heading = newsletter && newsletter.name !== title ? `${title} · ${newsletter.name}` : title;
  return `<!doctype html>
<html lang="${escapeHtml(language)}" dir="${directionOf(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${listed ? '' : '<meta name="robots" content="noindex">\n'}<meta name="referrer" content="no-referrer">
<link rel="icon" href="${iconUrl(theme.light.accent)}">
<title>${escapeHtml(heading)}</title>
<style>
${pageStyle(emails, theme)}</style>
</head>
<body>
<header class="bar">${logo}${name}</header>
<main>
${body}
</main>
<footer>
${newsletter ? `<p>${escapeHtml(newsletter.name)}</p>` : ''}
${address}
</footer>
</body>
</html>
`;
}

/** The theme's page.css with its colours and fonts as custom properties (`var(--accent)`, `var(--font)`). */
function pageStyle(emails: EmailFiles, theme: Theme): string {
  return `:root {
  color-scheme: light dark;
  --font: ${theme.font};
  --code-font: ${theme.codeFont};
${properties(theme.light)}}
@media (prefers-color-scheme: dark) {
  :root {
${properties(theme.dark)}  }
}
${emails.need(themeFile(emails, theme.name, 'page.css'))}`;
}

function properties(palette: Palette): string {
  const lines = Object.entries(palette).map(([name, value]) => {
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    return `  --${dashed}: ${value};\n`;
  });
  return lines.join('');
}

const brand = ({ logo, name }: NewsletterView): string =>
  logo ? `<img src="${escapeHtml(logo)}" alt="${escapeHtml(name)}" height="40">` : escapeHtml(name);
