/** Reads a CSV file as a stream: its header and its rows, in groups. */
import { Refused } from '../../errors.ts';
import { AddressList, isAddressLine } from './address-list.ts';
import { type Line, LineSplitter } from './lines.ts';
import { type CsvRecord, RecordReader } from './records.ts';
import { readText } from './text.ts';

/**
 * Yields the header first (alone in its group), then rows in the order of the file, without empty ones. The delimiter is
 * the most frequent one in the header: comma, semicolon, tab or "|", unless it is given. A list of addresses without a header gets one in line 0.
 */
export async function* readCsv(
  source: AsyncIterable<Uint8Array>,
  delimiter: string | null = null,
): AsyncGenerator<CsvRecord[]> {
  const splitter = new LineSplitter();
  let reader: Reader | null = null;
  for await (const group of lineGroups(source, splitter)) {
    const lines: Line[] = reader ? group : skipPreamble(group);
    const first = lines[0];
    if (!first) continue;
    if (reader) {
      yield withoutEmptyRows(reader.push(lines));
      continue;
    }
    if (delimiter === null && isAddressLine(first.text)) {
      reader = new AddressList();
      yield [{ line: 0, cells: ['email', 'name'] }];
      yield withoutEmptyRows(reader.push(lines));
      continue;
    }
    reader = new RecordReader(delimiter ?? delimiterOf(first.text));
    yield readHeaderLine(first, reader);
    yield withoutEmptyRows(reader.push(lines.slice(1)));
  }
  if (reader) yield withoutEmptyRows(reader.end());
}

type Reader = Pick<RecordReader, 'push' | 'end'>;

async function* lineGroups(
  source: AsyncIterable<Uint8Array>,
  splitter: LineSplitter,
): AsyncGenerator<Line[]> {
  for await (const text of readText(source)) yield splitter.push(text);
  yield splitter.end();
}

/** Spreadsheets may write `sep=;` before the header. */
function skipPreamble(lines: Line[]): Line[] {
  const at = lines.findIndex((line) => line.text.trim() !== '' && !/^"?sep=.?"?$/i.test(line.text.trim()));
  return at < 0 ? [] : lines.slice(at);
}

function readHeaderLine(line: Line, reader: Reader): CsvRecord[] {
  const records = reader.push([line]);
  if (records.length === 1) return records;
  throw new Refused(
    'bad-columns',
    `line ${line.number}: expected the names of the columns, found a quote that is not closed`,
  );
}

function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (sign: string) => bare.split(sign).length;
  return [';', '\t', '|'].reduce((best, sign) => (count(sign) > count(best) ? sign : best), ',');
}

function withoutEmptyRows(records: CsvRecord[]): CsvRecord[] {
  return records.filter((record) => !record.cells || record.cells.some((cell) => cell.trim() !== ''));
}
