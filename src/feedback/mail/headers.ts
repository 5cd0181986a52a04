/** The header of a mail or of one of its parts. Broken lines are skipped, never an error. */
import libmime from 'libmime';

/** Values by lower-case name, unfolded, in the order in which they stand. */
export type Headers = ReadonlyMap<string, readonly string[]>;

const MAX_FIELDS = 500;
const MAX_VALUE_CHARS = 8_192;
const FIELD = /^([!-9;-~]{1,78})[ \t]{0,8}:[ \t]*(.*)$/;

export interface Head {
  headers: Headers;
  /** Where the body starts in the source. */
  bodyAt: number;
}

/**
 * Reads from `start` to the first empty line; a line that is no field ends the header too, except the `From ` line of
 * an mbox at its start.
 */
export function readHead(source: string, start: number, end: number): Head {
  const fields = new FieldCollector();
  let at = skipMboxLine(source, start, end);
  while (at < end) {
    const { line, next } = lineAt(source, at, end);
    if (line === '') return { headers: fields.done(), bodyAt: next };
    if (!fields.take(line)) break;
    at = fields.isFull ? endOfHead(source, next, end) : next;
  }
  return { headers: fields.done(), bodyAt: at };
}

/** Also reads what is no real header: the field groups of a report. */
export class FieldCollector {
  readonly #fields = new Map<string, string[]>();
  #count = 0;
  #last: string[] | null = null;

  /** False for a line that is neither a field nor the continuation of one. */
  take(line: string): boolean {
    if (/^[ \t]/.test(line)) {
      this.continue(line);
      return true;
    }
    const [, name, value = ''] = FIELD.exec(line.slice(0, MAX_VALUE_CHARS)) ?? [];
    if (name === undefined) return false;
    if (!this.isFull) this.#add(name.toLowerCase(), value);
    return true;
  }

  /** Appends the line to the field before it. */
  continue(line: string): void {
    const last = (this.#last?.length ?? 0) - 1;
    const value = this.#last?.[last];
    if (value === undefined || value.length >= MAX_VALUE_CHARS) return;
    this.#last![last] = `${value} ${line.trim()}`.slice(0, MAX_VALUE_CHARS);
  }

  /** What follows would not be kept. */
  get isFull(): boolean {
    return this.#count >= MAX_FIELDS;
  }

  done(): Headers {
    return this.#fields;
  }

  #add(name: string, value: string): void {
    this.#count += 1;
    this.#last = this.#fields.get(name) ?? [];
    this.#fields.set(name, this.#last);
    this.#last.push(value.trim());
  }
}

/** The first field of that name; an empty string where there is none. */
export const field = (headers: Headers, name: string): string => headers.get(name)?.[0] ?? '';

/** The same as a reader sees it: encoded words (RFC 2047) decoded, and raw UTF-8 too. */
export function words(headers: Headers, name: string): string {
  const value = field(headers, name).slice(0, 2_000);
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  const raw = utf8.includes('\uFFFD') ? value : utf8;
  if (!raw.includes('=?')) return raw;
  try {
    return libmime.decodeWords(raw);
  } catch {
    return raw;
  }
}

/** The line at `at`, without its end, and where the next one starts. */
export function lineAt(source: string, at: number, end: number): { line: string; next: number } {
  const found = source.indexOf('\n', at);
  const stop = found < 0 || found > end ? end : found;
  return { line: source.slice(at, stop), next: stop + 1 };
}

function endOfHead(source: string, from: number, end: number): number {
  const found = source.indexOf('\n\n', from - 1);
  return found < 0 || found > end ? end : found + 1;
}

function skipMboxLine(source: string, start: number, end: number): number {
  const emptyLines = /\n*/y;
  emptyLines.lastIndex = start;
  const at = Math.min(end, start + (emptyLines.exec(source)?.[0].length ?? 0));
  return /^>?From /.test(source.slice(at, at + 6)) ? lineAt(source, at, end).next : at;
}
