/** One run of an import, as its steps share it. */
import type { Db } from '../../db/connection.ts';
import type { StatusAnswers } from '../status/answers.ts';
import type { Status } from '../status/status.ts';
import type { StoreContext } from '../store/context.ts';
import type { ReportWriter } from './report.ts';

export interface ImportRun {
  context: StoreContext;
  newsletterId: number;
  source: string | null;
  /** The status of people about whom no column says anything. */
  defaultStatus: Status;
  dryRun: boolean;
  answers: StatusAnswers;
  writer: ReportWriter;
  /** With several files, the report names the file of each line. */
  namesFiles: boolean;
  /** The connection that has the table of statements; null when the files say nothing about people. */
  statements: Db | null;
}
