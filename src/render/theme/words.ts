/** The words of mails and pages: `emails/words/<language>.json`, one flat object of key to sentence. */
import { Refused } from '../../errors.ts';
import { cached } from './cache.ts';
import type { EmailFiles } from './email-files.ts';

/** A sentence in one language, with `{name}` replaced by `vars.name`. Plain text, not HTML. */
export type Translate = (key: string, vars?: Record<string, string | number>) => string;

type Sentences = Record<string, string>;

/**
 * The words of a language. `zh-Hant-TW` looks in `zh-Hant-TW`, `zh-Hant`, `zh`, then English. Files in EMAILS_DIR add to
 * the built-in ones key by key. A key that is missing even in English is a fault of the theme.
 */
export function wordsFor(emails: EmailFiles, language: string): Translate {
  return cached(emails, `words ${language}`, () => speak(emails, language));
}

/** `A, B and C` in that language. */
export function listOf(items: readonly string[], language: string): string {
  try {
    return new Intl.ListFormat(language).format(items);
  } catch {
    return new Intl.ListFormat('en').format(items);
  }
}

/** The languages that have words, e.g. `['en', 'zh']`. */
export function languagesOf(emails: EmailFiles): string[] {
  return emails.list('words').flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : []));
}

/**
 * Keys of any language that English does not have: nothing uses them, so they are misspelt or out of date. One line
 * each, `file:line: ...`. A key that a language lacks is not a fault: English is used instead.
 */
export function unknownWords(emails: EmailFiles): string[] {
  const known = new Set(sentences(emails, 'en').flatMap(Object.keys));
  return languagesOf(emails).flatMap((tag) => {
    const path = `words/${tag}.json`;
    const strange = sentences(emails, tag)
      .flatMap(Object.keys)
      .filter((key) => !known.has(key));
    return strange.map((key) => `${emails.name(path)}:${lineOf(emails, path, key)}: nothing uses "${key}"`);
  });
}

function lineOf(emails: EmailFiles, path: string, key: string): number {
  const lines = emails.need(path).split('\n');
  return lines.findIndex((line) => line.includes(JSON.stringify(key))) + 1 || 1;
}

function speak(emails: EmailFiles, language: string): Translate {
  const sources = [...withParents(language), 'en'].flatMap((tag) => sentences(emails, tag));
  return (key, vars = {}) => {
    const found = sources.find((source) => Object.hasOwn(source, key))?.[key];
    if (found === undefined) throw new Refused('template', `emails/words/en.json: there is no word "${key}"`);
    return found.replace(/\{(\w+)\}/g, (whole, name: string) => String(vars[name] ?? whole));
  };
}

function withParents(language: string): string[] {
  const parts = language.split(/[-_]/).filter((part) => /^[A-Za-z0-9]+$/.test(part));
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
}

function sentences(emails: EmailFiles, tag: string): Sentences[] {
  const path = `words/${tag}.json`;
  return emails.layers(path).map((text) => parse(text, emails.name(path)));
}

function parse(text: string, file: string): Sentences {
  try {
    const value: unknown = JSON.parse(text);
    if (isSentences(value)) return value;
  } catch (error) {
    throw new Refused('template', `${file}: ${(error as Error).message}`, { cause: error });
  }
  throw new Refused('template', `${file}: expected one object of keys and sentences`);
}

function isSentences(value: unknown): value is Sentences {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((sentence) => typeof sentence === 'string')
  );
}
