/** The two ways in which a command answers: text for people, or one JSON value for machines. */
import { severityStyled } from './style.ts';

/** With `--json`, messages go to standard error, so that standard output is one JSON value. */
export const wantsJson = (): boolean => process.argv.includes('--json');

/** Prints `value` as one JSON value with `--json`, else the text for people. */
export function out(value: unknown, human: string): void {
  process.stdout.write(wantsJson() ? `${JSON.stringify(value)}\n` : `${human}\n`);
}

/** Prints a sentence for the person at the terminal, never part of the answer. */
export const tell = (sentence: string): void =>
  void process.stderr.write(`${wantsJson() ? sentence : severityStyled(sentence)}\n`);
