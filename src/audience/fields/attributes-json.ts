/** Reads attributes from a cell with a JSON object, as listmonk, Keila and Buttondown write custom fields. */
import { attributeNameOf } from './attribute-name.ts';

const MAX_DEPTH = 5;

/**
 * Names and texts: `{"a": {"b": 1}, "tags": ["x", "y"]}` gives `a.b` = `1` and `tags` = `x, y`. Null when the cell is not a
 * JSON object but plain text. Entries whose name cannot be used are left out.
 */
export function attributesOfJson(cell: string): [name: string, value: string][] | null {
  if (!cell.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(cell);
    return isObject(value) ? flat(value, '', 0) : null;
  } catch {
    return null;
  }
}

function flat(object: object, prefix: string, depth: number): [string, string][] {
  return Object.entries(object).flatMap(([key, value]): [string, string][] => {
    const path = `${prefix}${key}`;
    if (isObject(value) && depth < MAX_DEPTH) return flat(value, `${path}.`, depth + 1);
    const name = attributeNameOf(path);
    const text = textOf(value);
    return name === null || text === '' ? [] : [[name, text]];
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null))
    return value.map(textOf).filter(Boolean).join(', ');
  return (typeof value === 'object' ? JSON.stringify(value) : String(value)).trim();
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
