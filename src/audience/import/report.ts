/** What an import did: how many people came in with which state, and why. */
import { isDeepStrictEqual } from 'node:util';
import type { AttributeType } from '../../segment/filter.ts';
import type { Statement, Status } from '../status/status.ts';
import type { Columns } from './columns.ts';
import type { LineSink, ReportLine } from './report-lines.ts';

type CameInAs = 'confirmed' | 'pending' | 'unsubscribed' | 'suppressed' | 'skipped';

/**
 * `read` is the sum of `added`, `updated`, `unchanged`, `keptOut`, `unsubscribed`, `suppressed`, `skipped` and
 * `refusedLines`. Somebody named twice is added once; the second row finds them there.
 */
export interface ImportReport {
  read: number;
  added: number;
  updated: number;
  unchanged: number;
  /** The first refused rows; `refusedLines` counts all. `file` is set when there are several files. */
  refused: { line: number; reason: string; file?: string }[];
  /** Unsubscribed, suppressed or erased before: an import brings nobody back. */
  keptOut: number;
  refusedLines: number;
  /** Unsubscribed by this import. */
  unsubscribed: number;
  /** Suppressed by this import, for a bounce or a complaint. */
  suppressed: number;
  /** Left out by `--treat WORD=skip`. */
  skipped: number;
  dryRun: boolean;
  /** Rows that came in, or were there before, by what decided it. `column` null: no column says anything. */
  cameIn: { as: CameInAs; column: string | null; word: string; rows: number }[];
  columns: {
    /** The status columns. */
    statuses: string[];
    /** `slot`: as an issue refers to it. */
    attributes: { column: string; slot: string; type?: AttributeType }[];
    /** Columns that hold tags. */
    tags: string[];
    leftOut: { column: string; why: string }[];
  };
  /** The first values that were left out of rows that came in. */
  remarks: { line: number; text: string; file?: string }[];
  /** What the operator should know about the files. */
  notes: string[];
  /** It continued an import that was cut off. */
  resumed: boolean;
}

const MAX_REFUSED = 10_000;
const MAX_REMARKS = 1_000;

type ColumnsRead = Pick<Columns, 'attributes' | 'leftOut' | 'evidence' | 'tags'>;

/** What was counted in transactions: a second run of a killed import begins with it. */
export type StoredCounts = Pick<
  ImportReport,
  'added' | 'updated' | 'unchanged' | 'keptOut' | 'unsubscribed' | 'suppressed' | 'skipped' | 'cameIn'
>;

export class ReportWriter {
  readonly report: ImportReport;
  readonly #cameIn = new Map<string, ImportReport['cameIn'][number]>();
  readonly #sink: LineSink | null;

  constructor(dryRun: boolean, sink: LineSink | null) {
    this.#sink = sink;
    this.report = {
      ...{ read: 0, added: 0, updated: 0, unchanged: 0, refused: [], keptOut: 0 },
      ...{ refusedLines: 0, unsubscribed: 0, suppressed: 0, skipped: 0, dryRun, cameIn: [] },
      columns: { statuses: [], attributes: [], tags: [], leftOut: [] },
      ...{ remarks: [], notes: [], resumed: false },
    };
  }

  get storedCounts(): StoredCounts {
    const { added, updated, unchanged, keptOut, unsubscribed, suppressed, skipped, cameIn } = this.report;
    return { added, updated, unchanged, keptOut, unsubscribed, suppressed, skipped, cameIn };
  }

  resume({ cameIn, ...counts }: StoredCounts): void {
    Object.assign(this.report, counts, { resumed: true });
    for (const entry of cameIn) this.#keep(keyOf(entry), { ...entry });
  }

  /** `lines`: in the order of the file. */
  async endBatch({ file, read }: { file: string | null; read: number }, lines: readonly ReportLine[]) {
    const { report } = this;
    report.read += read;
    const named = file === null ? lines : lines.map((line) => ({ ...line, file }));
    for (const { what, reason, line, ...rest } of named) {
      if (what === 'refused') report.refusedLines += 1;
      if (what === 'refused' && report.refused.length < MAX_REFUSED)
        report.refused.push({ line, reason, ...rest });
      if (what === 'left out' && report.remarks.length < MAX_REMARKS)
        report.remarks.push({ line, text: reason, ...rest });
    }
    if (named.length > 0) await this.#sink?.(named);
  }

  note(text: string): void {
    if (!this.report.notes.includes(text)) this.report.notes.push(text);
  }

  /** What each column of a file is taken for; columns of several files are listed once. */
  addColumns(titles: readonly string[], statuses: ReadonlySet<number>, columns: ColumnsRead): void {
    const report = this.report.columns;
    for (const at of statuses) addOnce(report.statuses, titles[at] ?? '');
    for (const { at, name, json } of columns.attributes)
      addOnce(report.attributes, {
        column: titles[at] ?? '',
        slot: json ? '{{reader.attributes.NAME}} for each NAME in it' : `{{reader.attributes.${name}}}`,
      });
    for (const { title } of columns.tags) addOnce(report.tags, title);
    for (const each of columns.leftOut) addOnce(report.leftOut, each);
    for (const { title } of columns.evidence)
      addOnce(report.leftOut, { column: title, why: 'kept with the proof of consent' });
  }

  /** How segments read the attributes. */
  addTypes(types: ReadonlyMap<string, AttributeType>): void {
    for (const attribute of this.report.columns.attributes) {
      const type = types.get(/^\{\{reader\.attributes\.(.*)\}\}$/.exec(attribute.slot)?.[1] ?? '');
      if (type) attribute.type = type;
    }
  }

  /** `outcome` 'keptOut': nothing came in. */
  count(
    outcome: 'added' | 'updated' | 'unchanged' | 'keptOut' | 'unsubscribed' | 'suppressed' | 'skipped',
    as: CameInAs,
    { column, word }: Pick<Statement, 'column' | 'word'>,
  ): void {
    this.report[outcome] += 1;
    if (outcome === 'keptOut') return;
    const key = keyOf({ as, column, word });
    const known = this.#cameIn.get(key);
    if (known) known.rows += 1;
    else this.#keep(key, { as, column, word, rows: 1 });
  }

  #keep(key: string, entry: ImportReport['cameIn'][number]): void {
    this.#cameIn.set(key, entry);
    this.report.cameIn.push(entry);
  }
}

const keyOf = ({
  as,
  column,
  word,
}: Pick<ImportReport['cameIn'][number], 'as' | 'column' | 'word'>): string =>
  JSON.stringify([as, column, word]);

function addOnce<T>(list: T[], one: T): void {
  if (!list.some((known) => isDeepStrictEqual(known, one))) list.push(one);
}

export function cameInAs(status: Status): CameInAs {
  switch (status) {
    case 'complained':
    case 'bounced':
      return 'suppressed';
    case 'left':
      return 'unsubscribed';
    case 'skipped':
      return 'skipped';
    case 'mailable':
      return 'confirmed';
    case 'unconfirmed':
    case 'unknown':
      return 'pending';
    default:
      return status satisfies never;
  }
}
