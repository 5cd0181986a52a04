/** Real bounces and complaints for tests: `../shared/bounces` beside the project, where present. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** From the project's folder, in which tests and benches run. */
const folder = resolve('../shared/bounces');

/** One failed recipient of a mail, and what a person or another program found that it means. */
export interface ExpectedReport {
  /** Absolute. */
  path: string;
  /** Relative to the folder, for messages. */
  name: string;
  /** The first is the best; the others are right too. */
  classes: readonly string[];
  /** Null where none can be known. */
  recipient: string | null;
  /** The address before an alias; it is right too. */
  original: string | null;
}

export const bouncesNote = existsSync(folder)
  ? 'the mails of ../shared/bounces'
  : '../shared/bounces is absent: no mails';

/** Empty where the folder is not present. */
export function expectedReports(): ExpectedReport[] {
  if (!existsSync(folder)) return [];
  return ['', 'servers'].flatMap((part) => readTable(join(folder, part), part));
}

function readTable(at: string, part: string): ExpectedReport[] {
  const [head = '', ...lines] = readFileSync(join(at, 'EXPECT.tsv'), 'utf8').trim().split('\n');
  const names = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (name: string): string | null => {
      const value = cells[names.indexOf(name)] ?? '-';
      return /^-*$/.test(value) ? null : value;
    };
    return {
      path: join(at, cell('path')!),
      name: join(part, cell('path')!),
      classes: [cell('expected')!, ...(cell('also_ok')?.split('|') ?? [])],
      recipient: cell('recipient'),
      original: cell('alias'),
    };
  });
}
