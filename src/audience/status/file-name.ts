/** What the name of a file says about everybody in it. */
import { FILE_NAME, type StatusAnswers } from './answers.ts';
import { foldTitle, foldWord } from './fold.ts';
import { fileNameHintsAtGone } from './hints.ts';
import { type Statement, statement } from './status.ts';
import { isUnmistakable, STATUS_WORDS } from './words.ts';

/** First words of file names, by the status of the people in the file. */
const FILES: Readonly<Record<string, string>> = {
  unsubscribes: 'unsubscribed',
  unsubscribers: 'unsubscribed',
  bounces: 'bounced',
};

/** Mailchimp's archive holds one file for each status: `cleaned_email_audience_export_1a2b.csv`. */
export function fileNameStatement(fileName: string, answers: StatusAnswers): Statement | null {
  if (answers.ignoreColumns.some((title) => foldTitle(title) === foldTitle(FILE_NAME))) return null;
  const answered = (word: string) => statement(answers.treat.get(word) ?? 'unknown', FILE_NAME, word);
  const baseName = fileName.replace(/^.*[\\/]/, '');
  const [first, ...others] = foldWord(baseName).split(/[ .]+/);
  const word = FILES[first ?? ''] ?? first ?? '';
  if (isUnmistakable(word)) return statement(STATUS_WORDS.get(word) ?? 'unknown', FILE_NAME, word);
  const another = others.find((other) => isUnmistakable(other) || other === 'nonsubscribed');
  if (word === 'nonsubscribed' || another) return answered(another ?? word);
  const name = foldWord(baseName.replace(/\.[^.]*$/, ''));
  return fileNameHintsAtGone(foldTitle(name)) ? answered(name) : null;
}
