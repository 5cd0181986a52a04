/**
 * What reading makes of every fixture and of every real issue, kept as digests and counts in `golden.json`: no text
 * of anybody is copied. A change that is meant is written down with `GOLDEN=renew npx vitest run tests/issue/golden`
 * (the real issues: `--project long`), and its counts show in the diff what it did.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Document } from '../../src/issue/document/document.ts';
import { inspectJson } from '../../src/issue/inspect.ts';
import { readIssue } from '../../src/issue/read.ts';
import { issueText } from '../../src/render/text/issue-text.ts';
import { EmailFiles } from '../../src/render/theme/email-files.ts';
import { wordsFor } from '../../src/render/theme/words.ts';

export interface Golden {
  /** For people: what was counted. */
  counts: string;
  inspect: string;
  document: string;
  text: string;
}

const FILE = join(import.meta.dirname, 'golden.json');
export const renews = process.env.GOLDEN === 'renew';
const read = (): Record<string, Golden> => (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {});
export const kept = read();

/** Writes what was made over what is kept of the same kind. */
export function renew(made: Record<string, Golden>, isOfKind: (name: string) => boolean): void {
  const others = Object.entries(read()).filter(([name]) => !isOfKind(name));
  const all = [...others, ...Object.entries(made)].sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
}
const emails = new EmailFiles();

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(typeof value === 'string' ? value : JSON.stringify(value))
    .digest('hex')
    .slice(0, 12);

export function goldenOf(source: string, file: string): Golden {
  const document = readIssue(source, { file });
  return {
    counts: countsOf(document),
    inspect: digest(inspectJson(document)),
    document: digest(document),
    text: digest(textOf(document)),
  };
}

function countsOf({ outline, blocks, messages, date }: Document): string {
  const { headings, pseudoHeadings, questions, readings, images, links, bareUrls } = outline;
  const answers = questions.reduce((sum, question) => sum + question.answers, 0);
  const said = ['error', 'warning'].map((severity) => messages.filter((m) => m.severity === severity).length);
  const heads = `${headings.length}+${pseudoHeadings.length} headings`;
  const talk = `${questions.length} questions, ${answers} answers, ${readings.length} readings`;
  const marks = `${images} images, ${links}+${bareUrls} links`;
  return `${date ?? 'no date'}: ${blocks.length} blocks, ${heads}, ${talk}, ${marks}, ${said.join('+')} messages`;
}

/** The text part of the mail; slots as their paths. */
function textOf(document: Document): string {
  const frame = {
    newsletter: 'N',
    postalAddress: 'P',
    date: document.date,
    viewUrl: 'V',
    preferencesUrl: 'P',
    unsubscribeUrl: 'U',
  };
  const words = wordsFor(emails, document.language);
  return issueText(
    document,
    frame,
    words,
    'https://base.example/',
    (path, fallback) => `${path}|${fallback}`,
  );
}
