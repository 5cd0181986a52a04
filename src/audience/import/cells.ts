/** Reads the cells of a row as a person, by the columns of the file. */
import { Refused } from '../../errors.ts';
import { unescapeFormula } from '../csv/formulas.ts';
import type { CsvRecord } from '../csv/records.ts';
import { attributesOfJson } from '../fields/attributes-json.ts';
import { readTags } from '../fields/tags.ts';
import { timeZoneOf } from '../fields/time-zone.ts';
import { evidenceText, readHistory } from '../person/history.ts';
import { type Person, type PersonTexts, readPerson } from '../person/person.ts';
import type { Columns, Header } from './columns.ts';

/** One cell for each column: tools leave out empty cells at the end. Throws Refused('bad-row'). */
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

/** The address unchanged: a leading quote is part of it. */
export const addressIn = (header: Header, cells: readonly string[]): string =>
  (cells[header.email] ?? '').trim();

/** Throws Refused, never naming the address. `remark` is called for what was left out of the row. */
export function personOf(columns: Columns, cells: readonly string[], remark: (text: string) => void): Person {
  const cell = (at: number) => (at < 0 ? '' : unescapeFormula((cells[at] ?? '').trim()));
  const person = readPerson({
    email: addressIn(columns, cells),
    name: cell(columns.name),
    language: cell(columns.language),
    timezone: zoneOf(cell(columns.timezone), remark),
    attributes: attributesOf(columns, cell),
    tags:
      columns.tags.length === 0
        ? []
        : tagsOf(
            columns.tags.map(({ at }) => cell(at)),
            remark,
          ),
  });
  if (columns.history) return { ...person, history: readHistory(columns.history, cell) };
  const evidence = columns.evidence.length === 0 ? null : evidenceText(columns.evidence, cell);
  return evidence === null ? person : { ...person, history: { ...NO_HISTORY, evidence } };
}

const NO_HISTORY = {
  confirmedAt: null,
  unsubscribedAt: null,
  leftBy: null,
  consent: null,
  suppressions: [],
  frequency: null,
  pausedUntil: null,
} as const;

/** A tag that cannot be kept is left out. */
function tagsOf(cells: readonly string[], remark: (text: string) => void): string[] {
  try {
    return cells.flatMap(readTags);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    remark(`tags: ${error.message}`);
    return [];
  }
}

function zoneOf(text: string, remark: (text: string) => void): string {
  if (text === '') return '';
  const zone = timeZoneOf(text);
  if (zone === null)
    remark(`no time zone is called "${text.slice(0, 40)}": expected a name such as Europe/Berlin`);
  return zone ?? '';
}

/** A column takes precedence over the same name within JSON. */
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
