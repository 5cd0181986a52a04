/** Removes a text except its line ends, so that what follows keeps its line numbers. */
export const blankOut = (text: string): string => text.replace(/[^\n]+/g, '');

/**
 * Finds closing marks, and remembers which ones do not occur again, so that a source with a thousand openings is
 * searched once.
 */
export class EndFinder {
  readonly #text: string;
  readonly #missing = new Map<string, number>();
  constructor(text: string) {
    this.#text = text;
  }

  /** The first match of `end` after `from`, or null. */
  after(from: number, end: RegExp): RegExpExecArray | null {
    const none = this.#missing.get(end.source);
    if (none !== undefined && from >= none) return null;
    const pattern = new RegExp(end.source, 'g');
    pattern.lastIndex = from;
    const found = pattern.exec(this.#text);
    if (!found) this.#missing.set(end.source, from);
    return found;
  }
}
