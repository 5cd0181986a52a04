/** The header of a file of subscribers -> where in a row stands what. Wrong columns refuse the whole file. */
import { Refused } from '../../errors.ts';
import { unguarded } from '../csv/guard.ts';
import type { CsvRecord } from '../csv/records.ts';
import { attributeNameOf } from '../fields/attribute-name.ts';
import { attributesOfJson } from '../fields/attributes-json.ts';
import { timeZoneOf } from '../fields/time-zone.ts';
import { foldTitle } from '../status/fold.ts';
import type { StatusAnswers } from '../status/reader.ts';
import { type HistoryPlaces, historyPlaces, readHistory, statedBy } from './history.ts';
import { type Person, type PersonTexts, readPerson } from './person.ts';
import {
  EMAIL_TITLES,
  EVIDENCE_TITLES,
  isBookkeeping,
  JSON_TITLES,
  LANGUAGE_TITLES,
  NAME_TITLES,
  ZONE_TITLES,
} from './titles.ts';

/** Of a file: titles as it writes them, and the places (-1: none) of what every person has. */
export interface Header {
  titles: readonly string[];
  email: number;
  name: number;
  language: number;
  timezone: number;
  history: HistoryPlaces | null;
  /** The places of all these: the other columns are for statuses and attributes. */
  taken: ReadonlySet<number>;
}

export interface Columns extends Header {
  attributes: readonly { at: number; name: string; json: boolean }[];
  evidence: readonly { at: number; title: string }[];
  leftOut: readonly { column: string; why: string }[];
}

const EXPECTED = 'expected the columns email[,name,language,timezone,...attributes]';
const MAX_COLUMNS = 250;
/** In front of an attribute's name where the name alone would mean something else. */
export const ATTRIBUTE_PREFIX = 'attribute:';

export function readHeader(header: CsvRecord): Header {
  if (!header.cells) throw bad(header, `${EXPECTED}, found: ${header.reason}`);
  if (header.cells[0]?.startsWith('PK\u0003\u0004'))
    throw bad(header, 'expected CSV, found an archive or a spreadsheet: unpack it, or save it as CSV');
  if (header.cells.some((cell) => cell.includes('\ufffd')))
    throw bad(header, 'expected UTF-8, found a character that cannot be read in the names of the columns');
  const titles = withoutTrailing(header.cells.map((cell) => unguarded(cell).trim()));
  if (titles.length > MAX_COLUMNS)
    throw bad(header, `expected at most ${MAX_COLUMNS} columns, found ${titles.length}`);
  const folded = titles.map(foldTitle);
  const place = (known: readonly string[]) => placeOf(header, titles, folded, known);
  const [email, name, language, timezone] = [EMAIL_TITLES, NAME_TITLES, LANGUAGE_TITLES, ZONE_TITLES].map(
    place,
  ) as [number, number, number, number];
  if (email < 0) throw bad(header, `${EXPECTED}, found ${listed(titles)}`);
  const history = historyPlaces(titles);
  const own = history ? Object.entries(history).filter(([column]) => !SPEAKING.includes(column)) : [];
  const taken = new Set(
    [email, name, language, timezone, ...own.map(([, at]) => at)].filter((at) => at >= 0),
  );
  return { titles, email, name, language, timezone, history, taken };
}

/** Columns of our own export that say how people stand. */
const SPEAKING: readonly string[] = ['state', 'unsubscribed_at'];

/** Of the titles that mean the same, the likeliest; it may stand there once only. */
function placeOf(
  header: CsvRecord,
  titles: readonly string[],
  folded: readonly string[],
  known: readonly string[],
): number {
  const found = known.find((title) => folded.includes(title));
  if (found === undefined) return -1;
  const at = folded.indexOf(found);
  if (folded.lastIndexOf(found) !== at)
    throw bad(header, `expected every column once, found "${titles[at]}" twice`);
  return at;
}

/** A delimiter behind the last column makes columns without a name. */
function withoutTrailing(titles: string[]): string[] {
  const last = titles.findLastIndex((title) => title !== '');
  return titles.slice(0, last + 1);
}

/**
 * What becomes an attribute. `statuses`: places of columns that say how people stand. Throws Refused('bad-columns')
 * for a column without a name and for two of one name.
 */
export function readColumns(
  header: CsvRecord,
  about: Header,
  statuses: ReadonlySet<number>,
  answers: StatusAnswers,
): Columns {
  const columns = { attributes: [], evidence: [], leftOut: [] } as Mutable;
  const [ignored, wanted] = [answers.ignoreColumns, answers.attributeColumns].map(
    (list) => new Set(list.map(foldTitle)),
  ) as [Set<string>, Set<string>];
  for (const [at, title] of about.titles.entries()) {
    if (title === '') throw bad(header, `expected an attribute name, found no name for column ${at + 1}`);
    const folded = foldTitle(title);
    if (about.taken.has(at) || statuses.has(at)) continue;
    if (ignored.has(folded)) columns.leftOut.push({ column: title, why: 'asked for' });
    else if (title.startsWith(ATTRIBUTE_PREFIX)) take(columns, at, title.slice(ATTRIBUTE_PREFIX.length));
    else if (EVIDENCE_TITLES.has(folded) && !wanted.has(folded)) columns.evidence.push({ at, title });
    else if (isBookkeeping(folded) && !wanted.has(folded))
      columns.leftOut.push({ column: title, why: "the other tool's bookkeeping" });
    else take(columns, at, title, JSON_TITLES.includes(folded));
  }
  refuseTwice(header, columns.attributes);
  return { ...about, ...columns };
}

interface Mutable {
  attributes: { at: number; name: string; json: boolean }[];
  evidence: { at: number; title: string }[];
  leftOut: { column: string; why: string }[];
}

function take(columns: Mutable, at: number, title: string, json = false): void {
  const name = attributeNameOf(title.trim());
  if (name === null)
    columns.leftOut.push({ column: title.slice(0, 80), why: 'no name that an issue could write' });
  else columns.attributes.push({ at, name, json });
}

function refuseTwice(header: CsvRecord, attributes: readonly { name: string }[]): void {
  const names = attributes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw bad(header, `expected every column once, found "${twice}" twice`);
}

/** A first row with an address in it is a person: the header is missing. Addresses are not repeated in messages. */
function listed(titles: readonly string[]): string {
  if (titles.some((title) => title.includes('@')))
    return 'an address: the first line must name the columns, e.g. "email,name" (a list of bare addresses or of `Name <address>` lines needs none)';
  return titles
    .slice(0, 10)
    .map((title) => `"${title.slice(0, 40)}"`)
    .join(', ');
}

function bad(header: CsvRecord, message: string): Refused {
  return new Refused('bad-columns', `line ${header.line}: ${message}`);
}

/** The row with a cell for each column: tools leave out the empty last ones. Throws Refused('bad-row'). */
export function cellsOf(header: Header, record: CsvRecord): string[] {
  if (!record.cells) throw new Refused('bad-row', record.reason);
  const count = header.titles.length;
  const { cells } = record;
  if (cells.length > count && cells.slice(count).some((cell) => cell.trim() !== ''))
    throw new Refused(
      'bad-row',
      `expected ${count} cells, found ${cells.length}: is there a delimiter in a cell without quotes?`,
    );
  if (cells.some((cell) => cell.includes('\ufffd')))
    throw new Refused('bad-encoding', 'a character could not be read: the file should be UTF-8');
  return cells.length < count ? [...cells, ...Array<string>(count - cells.length).fill('')] : cells;
}

/** The address stands as it is: a quote in front of it is part of it. */
export const addressIn = (header: Header, cells: readonly string[]): string =>
  (cells[header.email] ?? '').trim();

/** Throws Refused with what is wrong, never naming the address. `remark` hears what was left out of the row. */
export function personOf(columns: Columns, cells: readonly string[], remark: (text: string) => void): Person {
  const cell = (at: number) => (at < 0 ? '' : unguarded((cells[at] ?? '').trim()));
  const person = readPerson({
    email: addressIn(columns, cells),
    name: cell(columns.name),
    language: cell(columns.language),
    timezone: zoneOf(cell(columns.timezone), remark),
    attributes: attributesOf(columns, cell),
  });
  if (columns.history) return { ...person, history: readHistory(columns.history, cell) };
  const stated = columns.evidence.length === 0 ? null : statedBy(columns.evidence, cell);
  return stated === null ? person : { ...person, history: { ...NO_HISTORY, stated } };
}

const NO_HISTORY = {
  confirmedAt: null,
  unsubscribedAt: null,
  leftBy: null,
  consent: null,
  suppressions: [],
} as const;

function zoneOf(text: string, remark: (text: string) => void): string {
  if (text === '') return '';
  const zone = timeZoneOf(text);
  if (zone === null)
    remark(`no time zone is called "${text.slice(0, 40)}": expected a name such as Europe/Berlin`);
  return zone ?? '';
}

/** A column of its own goes before the same name within JSON. */
function attributesOf(
  columns: Columns,
  cell: (at: number) => string,
): NonNullable<PersonTexts['attributes']> {
  if (!columns.attributes.some(({ json }) => json))
    return columns.attributes.map(({ at, name }) => [name, cell(at)] as const);
  const plain: [string, string][] = [];
  const spread: [string, string][] = [];
  for (const { at, name, json } of columns.attributes) {
    const inner = json ? attributesOfJson(cell(at)) : null;
    if (inner) spread.push(...inner);
    else plain.push([name, cell(at)]);
  }
  return [...new Map([...spread, ...plain.filter(([, value]) => value !== '')])];
}
