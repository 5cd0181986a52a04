/** Reads Nikola's header: lines `.. title: ...`, usually within an HTML comment at the top of the file. */

import { type Fields, normalKey } from './fields.ts';
import { type SplitSource, splitAt } from './split-source.ts';

const ENTRY = /^\s*\.\.\s+([A-Za-z][\w-]*):[ \t]*(.*)$/;
const OPEN = /^\s*<!--\s*(.*)$/;

/** Null if the file begins with anything else, such as a comment without these lines. */
export function splitNikola(lines: string[], start: number): SplitSource | null {
  const opening = OPEN.exec(lines[start] ?? '');
  const from = opening && opening[1] === '' ? start + 1 : start;
  const first = opening ? opening[1] || lines[from] : lines[from];
  if (!ENTRY.test(first ?? '')) return null;
  const length = lines
    .slice(start)
    .findIndex((line) => (opening ? line.includes('-->') : line.trim() === ''));
  if (length < 0) return opening ? null : splitAt(lines, 'nikola', from, lines.length, 0);
  return splitAt(lines, 'nikola', start, start + length + (opening ? 1 : 0), 0);
}

export function readNikola(raw: string, line: number): Fields {
  const fields: Fields = new Map();
  raw.split('\n').forEach((text, i) => {
    const [, key, value = ''] = ENTRY.exec(text.replace(/^\s*<!--/, '').replace(/-->\s*$/, '')) ?? [];
    if (key === undefined) return;
    const said = value.trim();
    fields.set(normalKey(key), { key, value: said, text: said, line: line + i });
  });
  return fields;
}
