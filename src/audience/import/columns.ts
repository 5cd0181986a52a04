/** Reads the header of a file of subscribers: which column holds what. Wrong columns refuse the whole file. */
import { Refused } from '../../errors.ts';
import { unescapeFormula } from '../csv/formulas.ts';
import type { CsvRecord } from '../csv/records.ts';
import { attributeNameOf } from '../fields/attribute-name.ts';
import { findHistoryColumns, type HistoryColumns } from '../person/history.ts';
import type { StatusAnswers } from '../status/answers.ts';
import { foldTitle } from '../status/fold.ts';
import {
  EMAIL_TITLES,
  EVIDENCE_TITLES,
  isBookkeeping,
  JSON_TITLES,
  LANGUAGE_TITLES,
  NAME_TITLES,
  TAG_TITLES,
  ZONE_TITLES,
} from './titles.ts';

/** Titles as the file writes them, and the indexes (-1: none) of the columns that every person has. */
export interface Header {
  titles: readonly string[];
  email: number;
  name: number;
  language: number;
  timezone: number;
  history: HistoryColumns | null;
  /** The indexes of all these. The other columns are for statuses and attributes. */
  taken: ReadonlySet<number>;
}

export interface Columns extends Header {
  attributes: readonly { at: number; name: string; json: boolean }[];
  evidence: readonly { at: number; title: string }[];
  /** Columns with tags. */
  tags: readonly { at: number; title: string }[];
  leftOut: readonly { column: string; why: string }[];
}

const EXPECTED_COLUMNS = 'expected the columns email[,name,language,timezone,...attributes]';
const MAX_COLUMNS = 250;
/** Precedes an attribute's name where the name alone would mean something else. */
export const ATTRIBUTE_PREFIX = 'attribute:';

/** `map`: what columns hold, by folded title. */
export function readHeader(header: CsvRecord, map?: ReadonlyMap<string, string>): Header {
  if (!header.cells) throw badColumns(header, `${EXPECTED_COLUMNS}, found: ${header.reason}`);
  if (header.cells[0]?.startsWith('PK\u0003\u0004'))
    throw badColumns(header, 'expected CSV, found an archive or a spreadsheet: unpack it, or save it as CSV');
  if (header.cells.some((cell) => cell.includes('\ufffd')))
    throw badColumns(
      header,
      'expected UTF-8, found a character that cannot be read in the names of the columns',
    );
  const titles = mapped(withoutTrailing(header.cells.map((cell) => unescapeFormula(cell).trim())), map);
  if (titles.length > MAX_COLUMNS)
    throw badColumns(header, `expected at most ${MAX_COLUMNS} columns, found ${titles.length}`);
  const folded = titles.map(foldTitle);
  const place = (known: readonly string[]) => columnIndex(header, titles, folded, known);
  const [email, name, language, timezone] = [EMAIL_TITLES, NAME_TITLES, LANGUAGE_TITLES, ZONE_TITLES].map(
    place,
  ) as [number, number, number, number];
  if (email < 0)
    throw badColumns(header, `${EXPECTED_COLUMNS}, found ${describeTitles(titles)}${mapHint(titles)}`);
  const history = findHistoryColumns(titles);
  const own = history ? Object.entries(history).filter(([column]) => !STATUS_COLUMNS.includes(column)) : [];
  const taken = new Set(
    [email, name, language, timezone, ...own.map(([, at]) => at)].filter((at) => at >= 0),
  );
  return { titles, email, name, language, timezone, history, taken };
}

const TARGETS = ['email', 'name', 'language', 'timezone', 'tags', 'status'];

/** Titles as the operator maps them. A column that has the title of a mapped one by itself becomes an attribute. */
function mapped(titles: string[], map: ReadonlyMap<string, string> = new Map()): string[] {
  const targets = titles.map((title) => map.get(foldTitle(title)) ?? null);
  return titles.map((title, at) => {
    const target = targets[at] ?? null;
    if (target !== null) return TARGETS.includes(target) ? target : `${ATTRIBUTE_PREFIX}${target}`;
    return targets.includes(foldTitle(title)) ? `${ATTRIBUTE_PREFIX}${title}` : title;
  });
}

/** Columns of our own export that tell the status of people. */
const STATUS_COLUMNS: readonly string[] = ['state', 'unsubscribed_at'];

/** The column with the likeliest of several titles that mean the same. Refuses a title that appears twice. */
function columnIndex(
  header: CsvRecord,
  titles: readonly string[],
  folded: readonly string[],
  known: readonly string[],
): number {
  const found = known.find((title) => folded.includes(title));
  if (found === undefined) return -1;
  const at = folded.indexOf(found);
  if (folded.lastIndexOf(found) !== at)
    throw badColumns(header, `expected every column once, found "${titles[at]}" twice`);
  return at;
}

/** A delimiter after the last title makes columns without a title. */
function withoutTrailing(titles: string[]): string[] {
  const last = titles.findLastIndex((title) => title !== '');
  return titles.slice(0, last + 1);
}

/**
 * Which columns become attributes. `statuses`: indexes of the status columns. Throws Refused('bad-columns') for a column
 * without a title and for two columns with the same title.
 */
export function readColumns(
  header: CsvRecord,
  about: Header,
  statuses: ReadonlySet<number>,
  answers: StatusAnswers,
): Columns {
  const columns: ColumnLists = { attributes: [], evidence: [], tags: [], leftOut: [] };
  const [ignored, wanted] = [answers.ignoreColumns, answers.attributeColumns].map(
    (list) => new Set(list.map(foldTitle)),
  ) as [Set<string>, Set<string>];
  for (const [at, title] of about.titles.entries()) {
    if (title === '')
      throw badColumns(header, `expected an attribute name, found no name for column ${at + 1}`);
    const folded = foldTitle(title);
    if (about.taken.has(at) || statuses.has(at)) continue;
    if (ignored.has(folded)) columns.leftOut.push({ column: title, why: 'asked for' });
    else if (title.startsWith(ATTRIBUTE_PREFIX))
      addAttribute(columns, at, title.slice(ATTRIBUTE_PREFIX.length));
    else if (TAG_TITLES.includes(folded) && !wanted.has(folded)) columns.tags.push({ at, title });
    else if (EVIDENCE_TITLES.has(folded) && !wanted.has(folded)) columns.evidence.push({ at, title });
    else if (isBookkeeping(folded) && !wanted.has(folded))
      columns.leftOut.push({ column: title, why: "the other tool's bookkeeping" });
    else addAttribute(columns, at, title, JSON_TITLES.includes(folded));
  }
  refuseDuplicates(header, columns.attributes);
  return { ...about, ...columns };
}

interface ColumnLists {
  attributes: { at: number; name: string; json: boolean }[];
  evidence: { at: number; title: string }[];
  tags: { at: number; title: string }[];
  leftOut: { column: string; why: string }[];
}

function addAttribute(columns: ColumnLists, at: number, title: string, json = false): void {
  const name = attributeNameOf(title.trim());
  if (name === null)
    columns.leftOut.push({ column: title.slice(0, 80), why: 'its name cannot be used in a slot' });
  else columns.attributes.push({ at, name, json });
}

function refuseDuplicates(header: CsvRecord, attributes: readonly { name: string }[]): void {
  const names = attributes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw badColumns(header, `expected every column once, found "${twice}" twice`);
}

const mapHint = (titles: readonly string[]): string =>
  titles.some((title) => title.includes('@'))
    ? ''
    : `; if one of them holds the address, say so: --map "${(titles[0] ?? '').slice(0, 40).replaceAll('"', '')}=email"`;

/** A first row with an address in it means that the header is missing. Messages never repeat addresses. */
function describeTitles(titles: readonly string[]): string {
  if (titles.some((title) => title.includes('@')))
    return 'an address: the first line must name the columns, e.g. "email,name" (a list of bare addresses or of `Name <address>` lines needs none)';
  return titles
    .slice(0, 10)
    .map((title) => `"${title.slice(0, 40)}"`)
    .join(', ');
}

function badColumns(header: CsvRecord, message: string): Refused {
  return new Refused('bad-columns', `line ${header.line}: ${message}`);
}
