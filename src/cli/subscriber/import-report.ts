/** The report of an import as text. */
import type { ImportReport } from '../../audience/import/report.ts';
import { counted, facts, table } from '../text.ts';

const MAX_LISTED_LINES = 100;

/** For people. */
export function reportText(report: ImportReport): string {
  const { dryRun, keptOut, refusedLines } = report;
  const counts = ['read', 'added', 'updated', 'unchanged', 'unsubscribed', 'suppressed', 'skipped'] as const;
  const summary = facts([
    ...counts
      .filter((name) => report[name] > 0 || ['read', 'added', 'updated', 'unchanged'].includes(name))
      .map((name): [string, string] => [name, String(report[name])]),
    ['kept out', keptOut === 0 ? '0' : `${keptOut} (unsubscribed, suppressed or erased)`],
    ['refused', String(refusedLines)],
  ]);
  return [
    ...(dryRun ? ['dry run: nothing was written'] : []),
    ...(report.resumed ? ['continued an import that was cut off; the numbers are those of both'] : []),
    summary,
    ...cameInText(report),
    ...columnsText(report),
    ...report.notes.map((note) => `\n${note}`),
    ...linesText(
      'refused',
      report.refused.map(({ line, reason, file }) => at(line, reason, file)),
      refusedLines,
    ),
    ...linesText(
      'left out',
      report.remarks.map(({ line, text, file }) => at(line, text, file)),
      report.remarks.length,
    ),
  ].join('\n');
}

function cameInText({ cameIn }: ImportReport): string[] {
  if (cameIn.every(({ column }) => column === null)) return [];
  const rows = cameIn.map(({ as, column, word, rows: count }) => [
    as,
    String(count),
    column === null ? 'no column says so' : `${column}: ${word}`,
  ]);
  return ['', table(['came in as', 'rows', 'because of'], rows)];
}

function columnsText({ columns }: ImportReport): string[] {
  const unusual = columns.attributes.filter(
    ({ column, slot, type = 'text' }) => slot !== `{{reader.attributes.${column}}}` || type !== 'text',
  );
  return [
    ...(unusual.length > 0
      ? [
          '',
          table(
            ['column', 'in an issue', 'in a segment'],
            unusual.map(({ column, slot, type = 'text' }) => [column, slot, type]),
          ),
        ]
      : []),
    ...(columns.leftOut.length > 0
      ? [
          '',
          table(
            ['column not kept', 'why'],
            columns.leftOut.map(({ column, why }) => [column, why]),
          ),
        ]
      : []),
  ];
}

const at = (line: number, text: string, file?: string): string =>
  `${file === undefined ? '' : `${file} `}line ${line}: ${text}`;

function linesText(title: string, lines: readonly string[], count: number): string[] {
  const more = count - Math.min(lines.length, MAX_LISTED_LINES);
  return [
    ...(title === 'left out' && lines.length > 0 ? ['', 'left out of lines that went in:'] : []),
    ...lines.slice(0, MAX_LISTED_LINES),
    ...(more > 0 ? [`and ${counted(more, 'line')} more`] : []),
  ];
}
