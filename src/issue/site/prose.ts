/**
 * Rewrites the prose of a body. Code (fences, indented lines, spans), the addresses of links and HTML comments are copied
 * as they are. Line numbers stay the same, since a replacement has the line ends of what it replaces.
 */
import { CodeLines } from './code-lines.ts';

/** The replacement for the source up to `end`. */
export interface Rewrite {
  end: number;
  text: string;
}

/** Called where `text[at]` may begin something of its kind. Null copies the character. */
export type Reader = (text: string, at: number) => Rewrite | null;

const STOP = /[`\\{<%\]\n]/g;

/** `readers` are by the first character of what they read. `isDropped` removes whole lines of prose. */
export function rewriteProse(
  text: string,
  readers: Readonly<Record<string, Reader>>,
  isDropped: (line: string) => boolean,
): string {
  const lines = new CodeLines();
  const spans = new CodeSpans(text);
  let out = '';
  let at = 0;
  let isStart = true;
  while (at < text.length) {
    if (isStart) {
      const end = lineEnd(text, at);
      const line = text.slice(at, end);
      isStart = false;
      if (lines.isCode(line) || isDefinition(line)) {
        out += line;
        at = end;
        continue;
      }
      if (isDropped(line)) {
        at = end;
        continue;
      }
    }
    STOP.lastIndex = at;
    const stop = STOP.exec(text)?.index ?? text.length;
    out += text.slice(at, stop);
    if (stop >= text.length) break;
    const found = step(text, stop, spans, readers);
    out += found.text;
    isStart = text[found.end - 1] === '\n' && found.end > stop;
    at = found.end;
  }
  return out;
}

function step(
  text: string,
  at: number,
  spans: CodeSpans,
  readers: Readonly<Record<string, Reader>>,
): Rewrite {
  const copyUpTo = (end: number): Rewrite => ({ end, text: text.slice(at, end) });
  const character = text[at] ?? '';
  if (character === '\n') return copyUpTo(at + 1);
  if (character === '\\') return copyUpTo(Math.min(at + 2, text.length));
  if (character === '`') return copyUpTo(spans.end(at));
  if (character === ']') return copyUpTo(linkEnd(text, at));
  return readers[character]?.(text, at) ?? copyUpTo(at + 1);
}

/** The end of `](...)` on one line, since the address of a link is read elsewhere. */
function linkEnd(text: string, at: number): number {
  if (text[at + 1] !== '(') return at + 1;
  let depth = 0;
  for (let i = at + 1; i < text.length && text[i] !== '\n' && i < at + 2_000; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '(') depth++;
    else if (text[i] === ')' && --depth === 0) return i + 1;
  }
  return at + 1;
}

const isDefinition = (line: string): boolean => /^ {0,3}\[(?!\^)[^\]]+\]:\s/.test(line);

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

/** Finds the end of code spans: the next run of backticks of the same length within the paragraph. */
class CodeSpans {
  readonly #text: string;
  /** The end of the current paragraph, and the lengths of runs that nothing closes in it. */
  #paragraphEnd = -1;
  #open = new Set<number>();

  constructor(text: string) {
    this.#text = text;
  }

  end(at: number): number {
    const length = this.#run(at);
    const from = at + length;
    if (at >= this.#paragraphEnd) this.#enter(at);
    if (this.#open.has(length)) return from;
    const runs = /`+/g;
    runs.lastIndex = from;
    for (let run = runs.exec(this.#text); run && run.index < this.#paragraphEnd; run = runs.exec(this.#text))
      if (run[0].length === length) return run.index + length;
    this.#open.add(length);
    return from;
  }

  #run(at: number): number {
    let end = at;
    while (this.#text[end] === '`') end++;
    return end - at;
  }

  #enter(at: number): void {
    const blank = /\n[ \t>]*\n/g;
    blank.lastIndex = at;
    this.#paragraphEnd = blank.exec(this.#text)?.index ?? this.#text.length;
    this.#open = new Set();
  }
}
