/**
 * The helpers of themes and editions, and no others: `if unless each with lookup eq not and or join date default
 * urlpart weburl`, and in themes `t`. `each` and `with` keep the context and pass their value by name only
 * (`{{#each issue.tags as |tag|}}`), so that `issue.title` means the same inside a block as outside.
 */
import Handlebars from 'handlebars';
import { urlPart, webUrl } from './address.ts';

type Options = Handlebars.HelperOptions;

/** Block helpers, and whether they name their value (`as |x|`). */
export const blockHelpers: Readonly<Record<string, { names: boolean }>> = {
  if: { names: false },
  unless: { names: false },
  each: { names: true },
  with: { names: true },
};

export const valueHelpers: readonly string[] = [
  'lookup',
  'eq',
  'not',
  'and',
  'or',
  'join',
  'date',
  'default',
  'urlpart',
  'weburl',
];

/** For `knownHelpers` of the compiler. */
export const knownHelpers: Readonly<Record<string, boolean>> = Object.fromEntries(
  [...Object.keys(blockHelpers), ...valueHelpers, 't', 'slot', 'encode'].map((name) => [name, true]),
);

const helpers: Readonly<Record<string, Handlebars.HelperDelegate>> = {
  if: Handlebars.helpers.if!,
  unless: Handlebars.helpers.unless!,
  lookup: Handlebars.helpers.lookup!,
  each,
  with: withValue,
  eq: (a: unknown, b: unknown) => a === b,
  not: (value: unknown) => isEmpty(value),
  and: (...args: unknown[]) => pick(args, (value) => isEmpty(value)),
  or: (...args: unknown[]) => pick(args, (value) => !isEmpty(value)),
  default: (...args: unknown[]) => pick(args, (value) => !isEmpty(value)),
  urlpart: (value: unknown) => urlPart(value),
  weburl: (...args: unknown[]) => webUrl(...args.slice(0, -1)),
  join: (list: unknown, ...rest: unknown[]) => join(list, rest.length > 1 ? rest[0] : ', '),
  date: (value: unknown, ...rest: unknown[]) => formatDate(value, rest),
};

/**
 * A separate Handlebars with these helpers and no others; nothing that other code registers reaches it. Each run of a
 * template costs time for every registered helper, so a template that is filled often registers only those it needs.
 */
export function createHandlebars(names: Iterable<string> = Object.keys(helpers)): typeof Handlebars {
  const handlebars = Handlebars.create();
  for (const name of Object.keys(handlebars.helpers)) handlebars.unregisterHelper(name);
  for (const name of names) if (helpers[name]) handlebars.registerHelper(name, helpers[name]);
  return handlebars;
}

/** Empty as Handlebars sees it: false, null, undefined, '' or an empty list, but not 0. */
const isEmpty = (value: unknown): boolean => Handlebars.Utils.isEmpty(value);

/** The first argument that suits, else the last one. Handlebars adds its options as a further argument. */
function pick(args: unknown[], suits: (value: unknown) => boolean): unknown {
  const values = args.slice(0, -1);
  const index = values.findIndex(suits);
  return values.at(index);
}

function join(list: unknown, separator: unknown): string {
  return Array.isArray(list)
    ? list.filter((item) => !isEmpty(item)).join(String(separator))
    : String(list ?? '');
}

/** `{{date issue.date "long"}}`: style full, long, medium (default) or short. A value that is not a date is printed unchanged. */
function formatDate(value: unknown, rest: unknown[]): string {
  const options = rest.at(-1) as Options;
  const style = rest.length > 1 ? rest[0] : 'medium';
  const date = new Date(String(value ?? ''));
  if (Number.isNaN(date.getTime())) return String(value ?? '');
  const language: unknown = options.hash.language ?? options.data?.language ?? 'en';
  const dateStyle = style as Intl.DateTimeFormatOptions['dateStyle'];
  return new Intl.DateTimeFormat(String(language), { dateStyle, timeZone: 'UTC' }).format(date);
}

function each(this: unknown, list: unknown, options: Options): string {
  const entries = entriesOf(list);
  if (entries.length === 0) return options.inverse(this);
  const data = Handlebars.createFrame(options.data);
  const print = ([key, value]: [string | number, unknown], index: number): string => {
    Object.assign(data, { key, index, first: index === 0, last: index === entries.length - 1 });
    return options.fn(this, { data, blockParams: [value, key] });
  };
  return entries.map(print).join('');
}

function entriesOf(list: unknown): [string | number, unknown][] {
  if (Array.isArray(list)) return list.map((value, index) => [index, value]);
  return typeof list === 'object' && list !== null ? Object.entries(list) : [];
}

function withValue(this: unknown, value: unknown, options: Options): string {
  return isEmpty(value)
    ? options.inverse(this)
    : options.fn(this, { data: options.data, blockParams: [value] });
}
