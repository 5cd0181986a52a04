/** Front matter of any dialect -> the fields that Postrider knows, and everything else as `extra`. */
import type { Publication } from '../document/document.ts';
import type { MessageCollector } from '../document/message-collector.ts';
import { coverOf, previewOf } from './cover.ts';
import { readDate } from './date.ts';
import type { Field, Fields } from './fields.ts';
import { normalKey, plainText } from './fields.ts';
import { readJson } from './json.ts';
import { readKeyValues } from './key-value.ts';
import { liftTables } from './lift-tables.ts';
import { readNikola } from './nikola.ts';
import { frontMatterTitle } from './plain-title.ts';
import { publicationOf } from './publication.ts';
import type { SplitSource } from './split-source.ts';
import { readToml } from './toml.ts';
import { dayIn, readEpoch } from './written-time.ts';
import { readYaml } from './yaml.ts';

export interface FrontMatter {
  title: string | null;
  date: string | null;
  datetime: string | null;
  summary: string | null;
  preheader: string | null;
  slug: string | null;
  language: string | null;
  tags: string[];
  authors: string[];
  cover: string | null;
  /** The alternative text of the cover, where the front matter has one. */
  coverAlt: string | null;
  canonicalUrl: string | null;
  baseUrl: string | null;
  draft: boolean;
  publication: Publication | null;
  /** `infer: false` or a list of what may be inferred; null leaves every inference on. */
  infer: string[] | null;
  extra: Record<string, unknown>;
  body: string;
}

/** `timezone` is the newsletter's, which decides the day of an instant; null if it is unknown. */
export function readFrontMatter(
  split: SplitSource,
  timezone: string | null,
  messages: MessageCollector,
): FrontMatter {
  const fields = liftTables(fieldsIn(split, messages), split);
  const publication = publicationOf(fields, timezone ?? 'UTC', messages);
  const cover = coverOf(fields);
  if (previewOf(fields)) fields.delete('preview');
  const taken = new FieldReader(fields);
  for (const key of ['cover', 'image', 'coverimage', 'draft']) taken.field(key);
  const date =
    taken.field('date') ??
    taken.field('publishdate', 'pubdate', 'publishedat', 'datepublished') ??
    (/\d{4}/.test(fields.get('published')?.text ?? '') ? taken.field('published') : null);
  return {
    title: titleOf(taken),
    ...datesOf(date, timezone, messages),
    summary: taken.text('description', 'summary'),
    preheader: taken.text('preheader', 'preview'),
    slug: taken.text('slug'),
    language: taken.text('language', 'lang', 'locale'),
    tags: [...new Set([...taken.list('tags'), ...taken.list('categories', 'category')])],
    authors: [...taken.list('author', 'authors'), ...taken.list('editors')],
    cover: cover?.url ?? null,
    coverAlt: cover?.alt ?? null,
    canonicalUrl: taken.text('canonicalurl', 'canonical'),
    baseUrl: taken.text('baseurl'),
    draft: (publication?.held.length ?? 0) > 0,
    publication,
    infer: inferOf(taken.field('infer')),
    extra: taken.rest(),
    body: split.body,
  };
}

function fieldsIn(split: SplitSource, messages: MessageCollector): Fields {
  switch (split.dialect) {
    case 'yaml':
      return readYaml(split.raw, split.line, messages);
    case 'toml':
      return readToml(split.raw, split.line, messages);
    case 'json':
      return readJson(split.raw, split.line, messages);
    case 'nikola':
      return readNikola(split.raw, split.line);
    case 'key-value':
      return readKeyValues(split.raw, split.line, messages);
    case 'none':
      return new Map();
  }
}

/** Hands out fields by their keys, and in the end the rest. */
class FieldReader {
  readonly #fields: Fields;
  constructor(fields: Fields) {
    this.#fields = new Map(fields);
  }

  field(...keys: string[]): Field | null {
    const found = keys.map((key) => this.#fields.get(normalKey(key))).find((field) => field !== undefined);
    for (const key of keys) this.#fields.delete(normalKey(key));
    return found ?? null;
  }

  /** `description: false` means none. */
  text(...keys: string[]): string | null {
    const field = this.field(...keys);
    if (typeof field?.value === 'boolean' && !keys.includes('title')) return null;
    const text = field?.text ?? plainText(field?.value);
    return text === null || text === undefined || text.trim() === ''
      ? null
      : text.replace(/\s+/g, ' ').trim();
  }

  list(...keys: string[]): string[] {
    const field = this.field(...keys);
    if (!field) return [];
    if (typeof field.value === 'boolean') return [];
    const values = Array.isArray(field.value) ? field.value : (field.text ?? '').split(',');
    return values.map((value) => plainText(value)?.trim() ?? '').filter((text) => text !== '');
  }

  rest(): Record<string, unknown> {
    return Object.fromEntries([...this.#fields.values()].map(({ key, value }) => [key, value]));
  }
}

/** Newsletter tools such as Buttondown export a `subject` instead of a title. */
function titleOf(taken: FieldReader): string | null {
  const title = taken.text('title') ?? taken.text('subject');
  return title === null ? null : frontMatterTitle(title) || null;
}

function datesOf(
  field: Field | null,
  timezone: string | null,
  messages: MessageCollector,
): Pick<FrontMatter, 'date' | 'datetime'> {
  const datetime = field?.text ?? plainText(field?.value);
  if (!field || datetime === null || datetime.trim() === '') return { date: null, datetime: null };
  const epoch = readEpoch(datetime);
  if (epoch) return { date: dayIn(epoch, timezone ?? 'UTC'), datetime };
  const reading = readDate(datetime, timezone);
  if ('date' in reading) return { date: reading.date, datetime };
  messages.error(reading.fault, reading.why, { line: field.line });
  return { date: null, datetime };
}

function inferOf(field: Field | null): string[] | null {
  if (!field || field.value === true || field.text === 'true') return null;
  if (Array.isArray(field.value)) return field.value.map(String);
  return field.text === 'false' ? [] : (field.text ?? '').split(/[\s,]+/).filter((kind) => kind !== '');
}
