/** Lines of an import's files that were not taken, or not as a whole, in the order of the files. */

export interface ReportLine {
  line: number;
  /** `left out`: the row came in without this value. */
  what: 'refused' | 'kept out' | 'skipped' | 'left out';
  reason: string;
  /** With several files. */
  file?: string;
}

/** Takes each line once. The import waits for it. */
export type LineSink = (lines: readonly ReportLine[]) => Promise<void>;

export const byLine = (a: ReportLine, b: ReportLine): number => a.line - b.line;
