/** What every command needs: an open program, two ways to answer, and one place where failures become exit codes. */
import { CommanderError } from 'commander';
import { openProgram, type Program } from '../bootstrap.ts';
import type { Config } from '../config/config.ts';
import { explainDatabase } from '../db/faults.ts';
import { BadSettings, Refused, RelayDown, RelayRefusesLogin, Usage } from '../errors.ts';
import { gravityStyled } from './style.ts';

export interface CliContext {
  program: Program;
  /** Prints `value` as one JSON value with `--json`, else the text for people. */
  out(value: unknown, human: string): void;
  close(): Promise<void>;
}

export type OpenContext = () => Promise<CliContext>;

/** For machines: messages go to standard error, so that standard output is one JSON value. */
export const wantsJson = (): boolean => process.argv.includes('--json');

export function out(value: unknown, human: string): void {
  process.stdout.write(wantsJson() ? `${JSON.stringify(value)}\n` : `${human}\n`);
}

/** A sentence for the person at the terminal, never part of the answer. */
export const tell = (sentence: string): void =>
  void process.stderr.write(`${wantsJson() ? sentence : gravityStyled(sentence)}\n`);

/**
 * Opens the program for one command: the log is quiet unless LOG_LEVEL is set, and the schema must be ours. The one
 * opened last is closed by `closeAll`, also when the command failed.
 */
export function contextOpener(readSettings: () => Config): { open: OpenContext; closeAll(): Promise<void> } {
  const opened: Program[] = [];
  return {
    async open() {
      const program = await openProgram(readSettings(), tell);
      opened.push(program);
      await program.checkSchema();
      await program.checkKeys(false);
      return { program, out, close: () => program.close() };
    },
    async closeAll() {
      for (const program of opened) await program.close();
    },
  };
}

/** 0 done, 1 refused (says why), 2 usage. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof Usage ? 2 : 1;
}

/** What a person reads of a failure: what was expected and found, and for a part that is away, which one. */
export function explain(error: unknown): string {
  if (error instanceof Refused || error instanceof Usage || error instanceof BadSettings)
    return error.message;
  if (error instanceof RelayRefusesLogin)
    return `${error.message}; check user, password, auth= and tls= in SMTP_URL`;
  if (error instanceof RelayDown)
    return `${error.message}; check host and port in SMTP_URL, and try postrider relay test`;
  const database = explainDatabase(error);
  if (database !== null) return database;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
