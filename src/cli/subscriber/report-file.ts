/** The file of `subscriber import --report`: every line that was not taken, and why. */
import { type FileHandle, open } from 'node:fs/promises';
import { escapeFormula } from '../../audience/csv/formulas.ts';
import { csvLine } from '../../audience/csv/write.ts';
import type { LineSink } from '../../audience/import/report-lines.ts';
import { Refused } from '../../errors.ts';

/** Replaces the file. It has no addresses, but only its owner can read it. Throws Refused('unwritable-file'). */
export async function openReport(path: string): Promise<{ write: LineSink; close(): Promise<void> }> {
  const file = await create(path);
  await file.write(csvLine(['file', 'line', 'what', 'reason']));
  return {
    async write(lines) {
      const rows = lines.map(({ file: name = '', line, what, reason }) =>
        csvLine([escapeFormula(name), String(line), what, escapeFormula(reason)]),
      );
      await file.write(rows.join(''));
    },
    close: () => file.close(),
  };
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refused('unwritable-file', `--report: cannot write to ${path} (${code})`, { cause: error });
  }
}
