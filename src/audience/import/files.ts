/** The files of an import: their headers, and then their rows. */
import { Refused } from '../../errors.ts';
import { suggest } from '../../segment/suggest.ts';
import { readCsv } from '../csv/read.ts';
import type { CsvRecord } from '../csv/records.ts';
import type { StatusAnswers } from '../status/answers.ts';
import { foldTitle } from '../status/fold.ts';
import { StatusReader } from '../status/reader.ts';
import { type Header, readHeader } from './columns.ts';

export interface ImportFile {
  /** Its base name may tell who is in it. Empty: standard input. */
  name: string;
  /** Starts from the beginning each time. */
  open(): AsyncIterable<Uint8Array>;
  /** Left out: as its header suggests. */
  delimiter?: string;
}

export interface OpenedFile {
  file: ImportFile;
  /** The record of the header, for its line number. */
  headerRecord: CsvRecord;
  header: Header;
  statusReader: StatusReader;
  /** A list of addresses without a header, which says nothing else about the people in it. */
  isBareList: boolean;
}

/** Reads the headers only. Throws Refused for wrong columns and for empty files. */
export async function openFiles(files: readonly ImportFile[], answers: StatusAnswers): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = [];
  for (const file of files) opened.push(await namingFile(file, files.length, () => openFile(file, answers)));
  refuseUnmapped(opened, answers.map);
  return opened;
}

/** Throws Refused('bad-map') for a mapped column that no file has. */
function refuseUnmapped(files: readonly OpenedFile[], map: StatusAnswers['map']): void {
  const titles = files.flatMap(({ headerRecord }) => headerRecord.cells ?? []).map((title) => title.trim());
  const folded = new Set(titles.map(foldTitle));
  for (const title of map?.keys() ?? []) {
    if (folded.has(title)) continue;
    const like = suggest(title, titles).map((one) => `"${one.slice(0, 40)}"`);
    throw new Refused(
      'bad-map',
      `--map: no file has a column "${title}"; did you mean ${like.join(' or ')}?`,
    );
  }
}

/** With several files, errors name the file. */
async function namingFile<T>(file: ImportFile, count: number, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Refused && count > 1)
      throw new Refused(error.code, `${file.name}: ${error.message}`, { cause: error });
    throw error;
  }
}

async function openFile(file: ImportFile, answers: StatusAnswers): Promise<OpenedFile> {
  for await (const [headerRecord] of readCsv(file.open(), file.delimiter)) {
    if (!headerRecord) continue;
    const header = readHeader(headerRecord, answers.map);
    const isBareList = headerRecord.line === 0;
    const about = { ...header, own: header.history !== null, name: isBareList ? header.name : -1 };
    const statusReader = new StatusReader(file.name, about, answers);
    return { file, headerRecord, header, statusReader, isBareList };
  }
  throw new Refused('empty-file', 'expected a CSV file with a header, found nothing');
}

/** The rows of a file with their line numbers, without the header. */
export async function* rowsOf({ file }: OpenedFile): AsyncGenerator<CsvRecord[]> {
  let isFirst = true;
  for await (const records of readCsv(file.open(), file.delimiter)) {
    if (records.length === 0) continue;
    yield isFirst ? records.slice(1) : records;
    isFirst = false;
  }
}
