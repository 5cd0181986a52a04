/** Turns the failure of a command into an exit code and a message. */
import { CommanderError } from 'commander';
import { explainDatabase } from '../db/faults.ts';
import { BadSettings, Refused, RelayDown, RelayRefusesLogin, Usage } from '../errors.ts';

/** 0: done, 1: refused, 2: wrong usage. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof Usage ? 2 : 1;
}

/** The message for a person. For a database or relay that is down, it says which. */
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
