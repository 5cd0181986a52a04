/** Real issues for tests: `../shared/corpus` beside the project where present, else the project's samples. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const corpus = join(root, '../shared/corpus');
const samples = join(root, 'emails/samples');

export interface IssueFile {
  /** Absolute. */
  path: string;
  /** Relative to its folder, e.g. `sofa-weekly/sofa-weekly-0421.md`. */
  name: string;
  source: string;
}

export interface IssueFiles {
  origin: 'corpus' | 'samples';
  /** Fit for a test's name: says what is read, and that the corpus is absent where it is. */
  note: string;
  files: readonly IssueFile[];
}

/** Null where the corpus is not present. */
export function corpusFolder(): string | null {
  return existsSync(corpus) ? corpus : null;
}

/** Every real issue. Without the corpus, the samples, and the note says so. */
export function corpusFiles(): IssueFiles {
  const found = corpusFolder();
  const files = read(found ?? samples);
  if (files.length === 0) throw new Error(`no issues to read in ${found ?? samples}`);
  const note = found
    ? `${files.length} issues of ../shared/corpus`
    : `../shared/corpus is absent: ${files.length} samples`;
  return { origin: found ? 'corpus' : 'samples', note, files };
}

/** The model issue of the whole project; without the corpus, the Chinese sample. */
export function seedIssue(): IssueFile {
  const { files } = corpusFiles();
  const seed =
    files.find(({ name }) => name.startsWith('seed-')) ?? files.find(({ source }) => isHan(source));
  if (!seed) throw new Error('neither ../shared/corpus/seed-*.md nor a Chinese sample in emails/samples');
  return seed;
}

function read(folder: string): IssueFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(md|markdown)$/.test(entry.name) && entry.name !== 'README.md')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, name: relative(folder, path), source: readFileSync(path, 'utf8') }));
}

function isHan(text: string): boolean {
  return /\p{Script=Han}/u.test(text);
}
