/** A source split into front matter and body. */
export interface SplitSource {
  dialect: 'yaml' | 'toml' | 'json' | 'nikola' | 'key-value' | 'none';
  raw: string;
  /** 1-based line of the first line of `raw`. */
  line: number;
  /** The body, with blank lines in place of the front matter, so that its line numbers are those of the file. */
  body: string;
}

/** `lines[from, to)` is the front matter; `closing` lines after it belong to its fence. */
export function splitAt(
  lines: string[],
  dialect: SplitSource['dialect'],
  from: number,
  to: number,
  closing: number,
): SplitSource {
  const body = [...Array<string>(to + closing).fill(''), ...lines.slice(to + closing)].join('\n');
  return { dialect, raw: lines.slice(from, to).join('\n'), line: from + 1, body };
}
