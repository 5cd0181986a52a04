/**
 * Reads whether an issue is published on its site: whatever keeps it unpublished there also keeps it from being mailed.
 * Each generator has its own keys for that; `docs/sites.md` lists them.
 */
import type { Publication, PublicationTime, SourceStatement } from '../document/document.ts';
import type { MessageCollector } from '../document/message-collector.ts';
import { readWritten } from './date.ts';
import { type Field, type Fields, normalKey } from './fields.ts';
import { instantOf, localInstant, readEpoch } from './written-time.ts';

const YES = /^(?:true|yes|on|y|1)$/i;
const NO = /^(?:false|no|off|n|0)$/i;
const NEVER = /^(?:false|no|off|never)$/i;
/** The states of a post that the public does not see in Pelican, Nikola and WordPress. */
const KEPT_BACK =
  /^(?:drafts?|skip|hidden|private|unpublished|unlisted|pending|future|trash|wip|to-?do|in[ -]progress|草稿|未发布|隐藏)$/i;

/** Key -> the values that hold the issue back. */
const HOLDS: readonly [key: string, values: RegExp][] = [
  ...['draft', 'isDraft', 'drafts', 'hidden', 'private', 'unlisted', 'unpublished', 'headless'].map(
    (key): [string, RegExp] => [key, YES],
  ),
  ['eleventyExcludeFromCollections', YES],
  ...['published', 'publish', 'isPublished', 'public', 'render'].map((key): [string, RegExp] => [key, NO]),
  ['permalink', /^false$/i],
  ['status', KEPT_BACK],
];
/** Keys of Hugo's `build` (formerly `_build`), for a page that is not rendered or not listed. */
const BUILD = ['render', 'list'];

const FROM = ['publishDate', 'pubDate', 'published'];
const UNTIL = ['expiryDate', 'unpublishDate', 'expireDate'];

/** `timezone` is that of times without one. Null when the issue may be mailed at any time. */
export function publicationOf(
  fields: Fields,
  timezone: string,
  messages: MessageCollector,
): Publication | null {
  const held = [
    ...HOLDS.flatMap(([key, values]) => statementOf(fields.get(normalKey(key)), values)),
    ...unbuilt(fields),
  ];
  const from = momentOf(fields, FROM, timezone, messages);
  const until = momentOf(fields, UNTIL, timezone, messages);
  return held.length === 0 && !from && !until ? null : { held, from, until };
}

/** A post in Jekyll's or Hexo's `_drafts` is not published, whatever its front matter says. */
export function folderOfDrafts(file: string): SourceStatement | null {
  const folder = file
    .split(/[/\\]/)
    .slice(0, -1)
    .find((name) => /^_drafts$/i.test(name));
  return folder === undefined ? null : { line: null, said: `the folder ${folder}` };
}

function statementOf(field: Field | undefined, values: RegExp): SourceStatement[] {
  const text = textOf(field);
  return field && text !== null && values.test(text)
    ? [{ line: field.line, said: `${field.key}: ${text}` }]
    : [];
}

/** A list of one value (`[draft]`) counts as that value. */
function textOf(field: Field | undefined): string | null {
  const [only, ...more] = Array.isArray(field?.value) ? field.value : [field?.text ?? field?.value];
  return more.length === 0 && /^(?:string|boolean|number)$/.test(typeof only) ? String(only).trim() : null;
}

function unbuilt(fields: Fields): SourceStatement[] {
  const field = fields.get('build');
  const table = field?.value;
  if (!field || typeof table !== 'object' || table === null) return [];
  return Object.entries(table)
    .filter(([key, value]) => BUILD.includes(key.toLowerCase()) && NEVER.test(String(value)))
    .map(([key, value]) => ({ line: field.line, said: `${field.key}.${key}: ${value}` }));
}

function momentOf(
  fields: Fields,
  keys: string[],
  timezone: string,
  messages: MessageCollector,
): PublicationTime | null {
  const field = keys.map((key) => fields.get(normalKey(key))).find((each) => isDate(each));
  const text = textOf(field);
  if (!field || text === null) return null;
  const at = readEpoch(text) ?? instant(text, timezone, field, messages);
  return at && { line: field.line, said: `${field.key}: ${text}`, at: at.toString() };
}

/** `published` is a date for some tools, and a flag for others. */
function isDate(field: Field | undefined): boolean {
  return /\d{4}/.test(textOf(field) ?? '');
}

function instant(text: string, timezone: string, field: Field, messages: MessageCollector) {
  const written = readWritten(text);
  if (!('fault' in written)) return instantOf(written) ?? localInstant(written, timezone);
  messages.error(written.fault, `${field.key}: ${written.why}`, { line: field.line });
  return null;
}
