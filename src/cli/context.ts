/** Opens the program for a command. */
import { openProgram, type Program } from '../bootstrap.ts';
import type { Config } from '../config/config.ts';
import { out, tell } from './output.ts';

export interface CliContext {
  program: Program;
  out: typeof out;
  close(): Promise<void>;
}

export type OpenContext = () => Promise<CliContext>;

/**
 * `open` refuses a database whose schema or keys do not match this program's. `closeAll` closes what was opened, even
 * if the command failed.
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
