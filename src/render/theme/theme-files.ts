/** Where the files of a theme are found: in its own folder, else those of the default theme and of all themes. */
import type { EmailFiles } from './email-files.ts';

/** The theme whose files stand in for those that another one does not have. */
export const DEFAULT_THEME = 'default';

/**
 * The path of a theme's file, `issue.mjml` or `blocks/qa.mjml`. A theme needs no more than its `theme.yaml`: what
 * it lacks is the default theme's, and its blocks are those of `emails/blocks/`.
 */
export function themeFile(emails: EmailFiles, theme: string, name: string): string {
  const own = `themes/${theme}/${name}`;
  if (emails.read(own) !== null) return own;
  return name.startsWith('blocks/') ? name : `themes/${DEFAULT_THEME}/${name}`;
}

/** The partials of a theme: name -> path. `_head.mjml` is `{{> head}}` in its templates and in the blocks. */
export function themePartials(emails: EmailFiles, theme: string): [string, string][] {
  const files = [DEFAULT_THEME, theme].flatMap((each) => emails.list(`themes/${each}`));
  const names = files.flatMap((file) => /^_(.+)\.mjml$/.exec(file)?.[1] ?? []);
  return [...new Set(names)].map((name) => [name, themeFile(emails, theme, `_${name}.mjml`)]);
}
