/** Splits text into numbered lines, without ever holding more than one line of the maximum length. */

export interface Line {
  /** 1-based. */
  number: number;
  /** Longer lines are truncated to `MAX_ROW_CHARS + 1` characters. */
  text: string;
}

/** The limit for all lines of a record together. */
export const MAX_ROW_CHARS = 64 * 1024;

/** Lines end with LF, CRLF or CR. */
export class LineSplitter {
  #number = 0;
  #rest = '';

  push(text: string): Line[] {
    // A CR at the very end may be half of a CRLF, so keep it for the next chunk.
    const pieces = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = pieces.pop() ?? '';
    if (this.#rest.length > 2 * MAX_ROW_CHARS) this.#rest = this.#rest.slice(0, MAX_ROW_CHARS + 1);
    return pieces.map((piece) => this.#line(piece));
  }

  /** The text after the last line end, if any. */
  end(): Line[] {
    const rest = this.#rest.replace(/\r$/, '');
    this.#rest = '';
    return rest === '' ? [] : [this.#line(rest)];
  }

  #line(text: string): Line {
    this.#number += 1;
    return {
      number: this.#number,
      text: text.length > MAX_ROW_CHARS ? text.slice(0, MAX_ROW_CHARS + 1) : text,
    };
  }
}
