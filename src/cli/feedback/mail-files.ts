/**
 * Finds mails below the paths of the command line: single files, mbox files, Maildirs, folders of all of these. One mail
 * at a time is in memory, and only as much of it as the reader looks at.
 */
import { createReadStream, type Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Refused, Usage } from '../../errors.ts';
import { splitMails } from './split-mails.ts';

/** A mail, or why a file could not be read. `sources`: an .eml file may hold several, as some programs save them. */
export type FoundMail = { path: string; sources: Buffer[] } | { path: string; error: string };

interface MailFile {
  /** Relative to the path that was given; the file's name if that path is the file. */
  path: string;
  /** Null: standard input. */
  at: string | null;
  /** Named on the command line or `.eml`: read whatever its beginning looks like. */
  sure: boolean;
}

/** A Maildir names its mails as it likes; elsewhere these hold other things. */
const NO_MAIL = /\.(tsv|csv|json|md|html?|zip|gz|pdf|png|jpe?g|ya?ml|log|js|ts|db|sqlite|index|cache|lock)$/i;
/** Mails in one .eml file. */
const MAX_TOGETHER = 20;
const LOOKS_LIKE_MAIL = /^\s{0,200}(>?From |[!-9;-~]{1,76}:)/;

/** Throws Refused before the first mail if a path is missing, and after the last if there was none at all. */
export async function* findMails(paths: readonly string[]): AsyncGenerator<FoundMail> {
  if (paths.filter((path) => path === '-').length > 1)
    throw new Usage('"-" is standard input and can be given only once');
  for (const path of paths) await refuseMissing(path);
  let found = 0;
  for (const path of paths)
    for await (const file of filesBelow(path))
      for await (const mail of mailsOf(file)) {
        found += 1;
        yield mail;
      }
  if (found === 0)
    throw new Refused(
      'no-mails',
      `expected mails in ${paths.join(', ')}, found none; give .eml files, mbox files, Maildirs, or - for standard input`,
    );
}

async function refuseMissing(path: string): Promise<void> {
  if (path === '-') return;
  try {
    await stat(path);
  } catch (error) {
    throw new Refused('unreadable-file', `expected a file or folder of mails, found ${whyNot(path, error)}`, {
      cause: error,
    });
  }
}

async function* filesBelow(path: string): AsyncGenerator<MailFile> {
  if (path === '-') yield { path: '-', at: null, sure: true };
  else if ((await stat(path)).isDirectory()) yield* filesIn(path, '');
  else yield { path: basename(path), at: path, sure: true };
}

/** In the order of their names. `tmp` of a Maildir holds mails that are still being written. */
async function* filesIn(root: string, below: string): AsyncGenerator<MailFile> {
  const entries = (await readdir(join(root, below), { withFileTypes: true })).sort(byName);
  const isMaildir = ['cur', 'new'].every((name) => entries.some((entry) => entry.name === name));
  for (const entry of entries) {
    const path = join(below, entry.name);
    if (entry.isDirectory()) {
      if (!(isMaildir && entry.name === 'tmp') && entry.name !== '.git') yield* filesIn(root, path);
    } else if (!isMaildir && !entry.name.startsWith('.') && !NO_MAIL.test(entry.name))
      yield { path, at: join(root, path), sure: /\.(eml|mbox)$/i.test(entry.name) };
  }
}

const byName = (one: Dirent, other: Dirent): number => (one.name < other.name ? -1 : 1);

async function* mailsOf({ path, at, sure }: MailFile): AsyncGenerator<FoundMail> {
  try {
    const bytes = at === null ? process.stdin : createReadStream(at);
    const together: Buffer[] = [];
    let read = 0;
    for await (const source of splitMails(bytes)) {
      if (read++ === 0 && !sure && !LOOKS_LIKE_MAIL.test(source.toString('latin1', 0, 400))) return;
      if (!path.endsWith('.eml')) yield { path, sources: [source] };
      else if (together.length < MAX_TOGETHER) together.push(source);
    }
    if (together.length > 0) yield { path, sources: together };
  } catch (error) {
    yield { path, error: whyNot(path, error) };
  }
}

function whyNot(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `nothing at ${path}`;
  if (code === 'EACCES' || code === 'EPERM') return `${path}, which may not be read`;
  return `${path}, which cannot be read (${code ?? message})`;
}
