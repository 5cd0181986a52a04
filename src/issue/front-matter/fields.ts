/** What all dialects of front matter are read into. */

/** One entry of the front matter. */
export interface Field {
  /** As written. */
  key: string;
  value: unknown;
  /** The scalar as written, where the dialect would turn it into a number or a date. */
  text: string | null;
  line: number;
}

export type Fields = Map<string, Field>;

/** `base_url`, `base-url`, `baseURL` and `Base Url` are one key. A stray mark before it (`？title`) is dropped. */
export function normalKey(key: string): string {
  return key
    .toLowerCase()
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .replace(/[-_ ]/g, '');
}

/** Scalars as text; null for lists and tables. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return String(value);
  }
  return value instanceof Date ? value.toISOString() : null;
}
