/** Reads `Key: value` lines without a fence, ended by a blank line (Pelican, MultiMarkdown). */
import type { MessageCollector } from '../document/message-collector.ts';
import type { Fields } from './fields.ts';
import { normalKey } from './fields.ts';
import { type SplitSource, splitAt } from './split-source.ts';

const ENTRY = /^([A-Za-z][\w -]{0,30}?)[ \t]*:[ \t]*(.*)$/;
/** Only these begin a header: the first line `Note: ...` of an issue without front matter must stay prose. */
const KEYS = new Set(
  'title date category categories tags slug number author authors summary description lang language draft cover modified status published permalink layout subtitle'.split(
    ' ',
  ),
);

export function isHeaderLine(line: string): boolean {
  const key = ENTRY.exec(line)?.[1];
  return key !== undefined && KEYS.has(normalKey(key));
}

/** The header ends at a blank line, unless only known keys follow that line. */
export function splitHeader(lines: string[], start: number, messages: MessageCollector): SplitSource {
  const fence = closingFence(lines, start);
  if (fence > start) return splitAt(lines, 'yaml', start, fence, 1);
  let end = endOfRun(lines, start);
  const next = end + 1;
  const nextEnd = endOfRun(lines, next);
  if (nextEnd > next && lines.slice(next, nextEnd).every(isHeaderLine)) {
    messages.warning('front-matter-split', 'a blank line splits the front matter', { line: end + 1 });
    end = nextEnd;
  }
  return splitAt(lines, 'key-value', start, end, 0);
}

/**
 * The line of a fence below the header: Hexo allows front matter without the fence above it, MultiMarkdown with one
 * below. 0 if there is none.
 */
function closingFence(lines: string[], start: number): number {
  const end = endOfRun(lines, start);
  const at = lines.slice(start, end).findIndex((line) => /^(?:-{3,}|\.\.\.)[ \t]*$/.test(line));
  const isHeader = lines
    .slice(start, start + at)
    .every((line) => ENTRY.test(line) || /^(?:\s|- )/.test(line));
  return at > 0 && isHeader ? start + at : 0;
}

function endOfRun(lines: string[], start: number): number {
  const length = lines.slice(start).findIndex((line) => line.trim() === '');
  return length < 0 ? lines.length : start + length;
}

export function readKeyValues(raw: string, line: number, messages: MessageCollector): Fields {
  const fields: Fields = new Map();
  let last: string | null = null;
  raw.split('\n').forEach((text, i) => {
    const entry = ENTRY.exec(text);
    if (entry?.[1] !== undefined) {
      last = normalKey(entry[1]);
      const value = (entry[2] ?? '').trim();
      fields.set(last, { key: entry[1], value, text: value, line: line + i });
    } else if (last !== null && /^\s+\S/.test(text)) {
      continueField(fields, last, text.trim());
    } else if (text.trim() !== '') {
      messages.warning(
        'front-matter-line',
        `expected "Key: value", got ${JSON.stringify(text.slice(0, 60))}`,
        {
          line: line + i,
        },
      );
    }
  });
  return fields;
}

function continueField(fields: Fields, key: string, text: string): void {
  const field = fields.get(key);
  if (!field) return;
  const value = `${field.text ?? ''} ${text}`.trim();
  fields.set(key, { ...field, value, text: value });
}
