/** The slug of an issue, its name in addresses, in the archive and on the command line. */
import { basename, dirname, resolve } from 'node:path';
import { Refused } from '../errors.ts';

const SLUG = /^[\p{L}\p{N}][\p{L}\p{N}._~-]{0,119}$/u;
/** Generic file names, where the folder's name is used instead. */
const NAMELESS = new Set(['index', '_index', 'readme']);

/**
 * Front matter `slug`, else the option `--slug`, else the file's name with its date; for `index.md`, `_index.md` and
 * `README.md` the folder's name. Never the title: titles repeat. @throws Refused `bad-slug` when the given slug is not
 * valid in an address, or nothing names the issue.
 */
export function issueSlug(from: {
  frontMatterSlug: string | null;
  optionSlug?: string | null;
  file: string;
}): string {
  const given = from.frontMatterSlug ?? from.optionSlug;
  if (given !== null && given !== undefined) return checked(given.trim(), 'slug');
  return checked(fromFile(from.file), `slug from the file name ${JSON.stringify(from.file)}`);
}

function fromFile(file: string): string {
  if (file === '-' || file === '') {
    throw new Refused('bad-slug', 'standard input has no file name: give the issue a name with --slug');
  }
  const name = withoutExtension(basename(file));
  const naming = NAMELESS.has(name.toLowerCase()) ? basename(dirname(resolve(file))) : name;
  return naming
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._~-]+/gu, '-')
    .replace(/^[-._~]+|[-._~]+$/g, '');
}

function withoutExtension(name: string): string {
  return name.replace(/\.(mdx?|markdown|mdown|mkd|txt)$/i, '');
}

function checked(slug: string, what: string): string {
  if (SLUG.test(slug) && !slug.includes('..')) return slug;
  throw new Refused(
    'bad-slug',
    `${what}: expected letters, digits, "-", "_", "." or "~" (at most 120), got ${JSON.stringify(slug)}; set one with --slug`,
  );
}
