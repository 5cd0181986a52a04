/** Front matter of any dialect -> what Postrider knows an issue by, and everything else as `extra`. */
import type { Remarks } from '../messages.ts';
import { plainTitle } from '../title.ts';
import type { Split } from './cut.ts';
import { readDate } from './date.ts';
import type { Field, Fields } from './fields.ts';
import { normalKey, plainText } from './fields.ts';
import { readKeyValues } from './key-value.ts';
import { readToml } from './toml.ts';
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
  canonicalUrl: string | null;
  baseUrl: string | null;
  draft: boolean;
  /** `infer: false` or a list of what may be inferred; null leaves every inference on. */
  infer: string[] | null;
  extra: Record<string, unknown>;
  body: string;
}

export function readFrontMatter(split: Split, remarks: Remarks): FrontMatter {
  const taken = new Taken(fieldsIn(split, remarks));
  const date = taken.field('date') ?? taken.field('publishdate', 'pubdate', 'publishedat', 'datepublished');
  return {
    title: titleOf(taken),
    ...datesOf(date, remarks),
    summary: taken.text('description', 'summary'),
    preheader: taken.text('preheader', 'preview'),
    slug: taken.text('slug'),
    language: taken.text('language', 'lang', 'locale'),
    tags: [...new Set([...taken.list('tags'), ...taken.list('categories', 'category')])],
    authors: [...taken.list('author', 'authors'), ...taken.list('editors')],
    cover: taken.text('cover', 'image', 'coverimage'),
    canonicalUrl: taken.text('canonicalurl', 'canonical'),
    baseUrl: taken.text('baseurl'),
    draft: /^(true|yes|1)$/i.test(taken.text('draft') ?? ''),
    infer: inferOf(taken.field('infer')),
    extra: taken.rest(),
    body: split.body,
  };
}

function fieldsIn(split: Split, remarks: Remarks): Fields {
  switch (split.dialect) {
    case 'yaml':
      return readYaml(split.raw, split.line, remarks);
    case 'toml':
      return readToml(split.raw, split.line, remarks);
    case 'key-value':
      return readKeyValues(split.raw, split.line, remarks);
    case 'none':
      return new Map();
  }
}

/** Hands out fields; what nobody asked for is the rest. */
class Taken {
  readonly #fields: Fields;
  constructor(fields: Fields) {
    this.#fields = new Map(fields);
  }

  field(...keys: string[]): Field | null {
    const found = keys.map((key) => this.#fields.get(normalKey(key))).find((field) => field !== undefined);
    for (const key of keys) this.#fields.delete(normalKey(key));
    return found ?? null;
  }

  text(...keys: string[]): string | null {
    const field = this.field(...keys);
    const text = field?.text ?? plainText(field?.value);
    return text === null || text === undefined || text.trim() === ''
      ? null
      : text.replace(/\s+/g, ' ').trim();
  }

  list(...keys: string[]): string[] {
    const field = this.field(...keys);
    if (!field) return [];
    const values = Array.isArray(field.value) ? field.value : (field.text ?? '').split(',');
    return values.map((value) => plainText(value)?.trim() ?? '').filter((text) => text !== '');
  }

  rest(): Record<string, unknown> {
    return Object.fromEntries([...this.#fields.values()].map(({ key, value }) => [key, value]));
  }
}

/** Tools that send mail export a `subject` (Buttondown), and a `publish_date`. */
function titleOf(taken: Taken): string | null {
  const title = taken.text('title') ?? taken.text('subject');
  return title === null ? null : plainTitle(title);
}

function datesOf(field: Field | null, remarks: Remarks): Pick<FrontMatter, 'date' | 'datetime'> {
  const datetime = field?.text ?? plainText(field?.value);
  if (!field || datetime === null || datetime.trim() === '') return { date: null, datetime: null };
  const reading = readDate(datetime);
  if ('date' in reading) return { date: reading.date, datetime };
  remarks.error(reading.fault, reading.why, { line: field.line });
  return { date: null, datetime };
}

function inferOf(field: Field | null): string[] | null {
  if (!field || field.value === true || field.text === 'true') return null;
  if (Array.isArray(field.value)) return field.value.map(String);
  return field.text === 'false' ? [] : (field.text ?? '').split(/[\s,]+/).filter((kind) => kind !== '');
}
