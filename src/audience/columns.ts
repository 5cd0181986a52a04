/** The header of a file of subscribers -> where in a row stands what. Wrong columns refuse the whole file. */
import { Refused } from '../errors.ts';
import { unguarded } from './csv/guard.ts';
import type { CsvRecord } from './csv/records.ts';
import { type PersonTexts, readAttributeName } from './person.ts';

export interface Columns {
  count: number;
  email: number;
  /** -1 where the file has no such column. */
  name: number;
  language: number;
  attributes: readonly { at: number; name: string }[];
}

const EXPECTED = 'expected the columns email[,name,language,...attributes]';
const MOST_COLUMNS = 60;

export function readColumns(header: CsvRecord): Columns {
  if (!header.cells) throw bad(header, `${EXPECTED}, found: ${header.reason}`);
  const titles = header.cells.map((cell) => unguarded(cell).trim());
  const names = titles.map((title) => (/^(email|name|language)$/i.test(title) ? title.toLowerCase() : title));
  if (!names.includes('email')) throw bad(header, `${EXPECTED}, found ${listed(titles)}`);
  checkNames(header, names);
  return {
    count: names.length,
    email: names.indexOf('email'),
    name: names.indexOf('name'),
    language: names.indexOf('language'),
    attributes: names
      .map((name, at) => ({ at, name }))
      .filter(({ name }) => !['email', 'name', 'language'].includes(name)),
  };
}

function checkNames(header: CsvRecord, names: readonly string[]): void {
  if (names.length > MOST_COLUMNS)
    throw bad(header, `expected at most ${MOST_COLUMNS} columns, found ${names.length}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw bad(header, `expected every column once, found "${twice}" twice`);
  for (const name of names) {
    try {
      readAttributeName(name);
    } catch (error) {
      if (error instanceof Refused) throw bad(header, error.message);
      throw error;
    }
  }
}

/** A first row with an address in it is a person: the header is missing. Addresses are not repeated in messages. */
function listed(titles: readonly string[]): string {
  if (titles.some((title) => title.includes('@'))) return 'an address: the first line must name the columns';
  return titles
    .slice(0, 10)
    .map((title) => `"${title.slice(0, 40)}"`)
    .join(', ');
}

function bad(header: CsvRecord, message: string): Refused {
  return new Refused('bad-columns', `line ${header.line}: ${message}`);
}

/** Throws Refused when the row does not have a cell for each column, or has bytes that could not be read. */
export function personTexts(columns: Columns, cells: readonly string[]): PersonTexts {
  if (cells.length !== columns.count)
    throw new Refused('bad-row', `expected ${columns.count} cells, found ${cells.length}`);
  if (cells.some((cell) => cell.includes('\ufffd')))
    throw new Refused('bad-encoding', 'a character could not be read: the file should be UTF-8');
  const cell = (at: number) => unguarded((cells[at] ?? '').trim());
  return {
    email: cell(columns.email),
    name: cell(columns.name),
    language: cell(columns.language),
    attributes: columns.attributes.map(({ at, name }) => [name, cell(at)] as const),
  };
}
