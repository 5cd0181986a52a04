/** Walks over the tokens of a segment. */
import { type Span, segmentFault } from './faults.ts';
import { MAX_SEGMENT_CHARS, readTokens, type Token } from './tokens.ts';

export class Parser {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  /** Throws Refused('bad-segment'), as all methods do. */
  constructor(text: string) {
    this.text = text;
    if (text.length > MAX_SEGMENT_CHARS)
      throw segmentFault(
        '...',
        { from: 0, to: 3 },
        `expected at most ${MAX_SEGMENT_CHARS} characters, found ${text.length}`,
      );
    this.#tokens = readTokens(text);
  }

  get next(): Token {
    return this.#tokens[this.#at] ?? this.#tokens.at(-1)!;
  }

  get afterNext(): Token {
    return this.#tokens[this.#at + 1] ?? this.#tokens.at(-1)!;
  }

  get atEnd(): boolean {
    return this.next.kind === 'end';
  }

  /** The end is never passed. */
  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  /** Whether the next tokens are these keywords or signs; takes them if so. */
  accept(...texts: readonly string[]): boolean {
    if (!this.sees(...texts)) return false;
    this.#at += texts.length;
    return true;
  }

  sees(...texts: readonly string[]): boolean {
    return texts.every((text, offset) => {
      const token = this.#tokens[this.#at + offset];
      return token && token.kind !== 'quoted' && token.text.toLowerCase() === text;
    });
  }

  expect(sign: string): void {
    if (!this.accept(sign)) throw this.fault(`expected "${sign}", found ${described(this.next)}`);
  }

  fault(what: string, hint?: string, at: Span = this.next) {
    return segmentFault(this.text, at, what, hint);
  }
}

export const described = (token: Token): string =>
  token.kind === 'end' ? 'the end' : `"${token.text.slice(0, 40)}"`;
