/** Copies a theme into the designer's folder. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from '../../errors.ts';
import type { EmailFiles } from '../../render/theme/email-files.ts';

/**
 * Writes `<folder>/themes/<name>/` and returns the files written. Changes no existing file.
 * Throws Refused('bad-theme-name' | 'theme-exists' | 'unknown-theme').
 */
export function writeTheme(emails: EmailFiles, folder: string, name: string, from: string): string[] {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new Refused(
      'bad-theme-name',
      `theme name: expected lower-case letters, digits and "-", got "${name}"`,
    );
  const target = join(folder, 'themes', name);
  if (existsSync(target) || emails.read(`themes/${name}/theme.yaml`) !== null)
    throw new Refused('theme-exists', `there is already a theme "${name}" (${target})`);
  if (emails.read(`themes/${from}/theme.yaml`) === null)
    throw new Refused(
      'unknown-theme',
      `there is no theme "${from}" (there are: ${emails.list('themes').join(', ')})`,
    );
  return filesOf(emails, `themes/${from}`).map((path) => {
    const file = join(target, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, renamed(path, emails.need(`themes/${from}/${path}`), name));
    return file;
  });
}

/** Paths below a folder of the email files, e.g. `blocks/qa.mjml`. */
function filesOf(emails: EmailFiles, folder: string): string[] {
  return emails.list(folder).flatMap((name) => {
    if (name.startsWith('.')) return [];
    if (emails.read(`${folder}/${name}`) !== null) return [name];
    return filesOf(emails, `${folder}/${name}`).map((inner) => `${name}/${inner}`);
  });
}

const renamed = (path: string, text: string, name: string): string =>
  path === 'theme.yaml' ? text.replace(/^name: .*$/m, `name: ${name}`) : text;
