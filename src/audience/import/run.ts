/** One run of an import, as its steps share it. */
import type { Db } from '../../db/connection.ts';
import type { AttributeTypes } from '../segments/attributes.ts';
import type { StatusAnswers } from '../status/answers.ts';
import type { Status } from '../status/status.ts';
import type { StoreContext } from '../store/context.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ReportWriter } from './report.ts';

export interface ImportRun {
  context: StoreContext;
  newsletterId: number;
  source: string | null;
  /** The status of people about whom no column says anything. */
  defaultStatus: Status;
  dryRun: boolean;
  /** Null in a dry run. */
  checkpoint: Checkpoint | null;
  /** Of the attributes in the rows that were read. */
  types: AttributeTypes;
  answers: StatusAnswers;
  writer: ReportWriter;
  /** With several files, the report names the file of each line. */
  namesFiles: boolean;
  /** The connection that has the table of statements; null when the files say nothing about people. */
  statements: Db | null;
}
