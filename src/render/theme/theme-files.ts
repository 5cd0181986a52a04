/** Finds the files of a theme: in its own folder, else in the default theme or `emails/blocks/`. */
import type { EmailFiles } from './email-files.ts';

/** The theme whose files other themes fall back to. */
const DEFAULT_THEME = 'default';

/**
 * The path of a theme's file, `issue.mjml` or `blocks/qa.mjml`. A theme needs only its `theme.yaml`: the default theme
 * provides the files it lacks, and `emails/blocks/` the blocks.
 */
export function themeFile(emails: EmailFiles, theme: string, name: string): string {
  const own = `themes/${theme}/${name}`;
  if (emails.read(own) !== null) return own;
  return name.startsWith('blocks/') ? name : `themes/${DEFAULT_THEME}/${name}`;
}

/** The partials of a theme, name -> path: `_head.mjml` is `{{> head}}` in its templates and blocks. */
export function themePartials(emails: EmailFiles, theme: string): [string, string][] {
  const files = [DEFAULT_THEME, theme].flatMap((each) => emails.list(`themes/${each}`));
  const names = files.flatMap((file) => /^_(.+)\.mjml$/.exec(file)?.[1] ?? []);
  return [...new Set(names)].map((name) => [name, themeFile(emails, theme, `_${name}.mjml`)]);
}
