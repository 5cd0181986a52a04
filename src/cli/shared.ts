/** What every command needs: an open program, and two ways to answer. */
import type { Program } from '../wire.ts';

export interface CliContext {
  wire: Program;
  /** Prints `value` as one JSON value with `--json`, else the text for people. */
  out(value: unknown, human: string): void;
  close(): Promise<void>;
}

export type OpenContext = () => Promise<CliContext>;
