/**
 * Repairs mistakes in hand-written YAML that other programs accept (Hugo, PyYAML): quotes closed on a line of their own
 * at the margin, unquoted values with `: `, `@`, brackets or quotes in them (`title: Release: 1.0`), tabs, no space
 * after the colon or a full-width one, a first entry that is indented. Line numbers stay the same.
 */
import { parseDocument } from 'yaml';

interface Repair {
  /** 0-based line within the front matter. */
  offset: number;
  text: string;
}

const ENTRY = /^([ \t]*(?:- )?)([\w-]+):([ \t]*)(.*)$/;

export function repairYaml(raw: string): { yaml: string; repairs: Repair[] } {
  const repairs: Repair[] = [];
  const lines = raw.split('\n').map((line, i) => withPlainColon(line, i, repairs));
  alignFirst(lines, repairs);
  for (let i = 0; i < lines.length; i++) {
    lines[i] = withoutTabs(lines[i] ?? '', i, repairs);
    const closing = closingLine(lines, i);
    if (closing > i) {
      indentContinuation(lines, i, closing, repairs);
      i = closing;
    } else {
      lines[i] = repairEntry(lines[i] ?? '', i, repairs);
    }
  }
  return { yaml: lines.join('\n'), repairs };
}

function withPlainColon(line: string, offset: number, repairs: Repair[]): string {
  const [, key, value = ''] = /^([\w-]+)\s*：\s*(.*)$/.exec(line) ?? [];
  if (key === undefined) return line;
  repairs.push({ offset, text: `a full-width colon follows "${key}"; YAML needs ":"` });
  return `${key}: ${value}`;
}

/** Moves an indented first entry to the margin when others stand there. */
function alignFirst(lines: string[], repairs: Repair[]): void {
  const at = lines.findIndex((line) => line.trim() !== '');
  const line = lines[at] ?? '';
  if (!/^[ \t]+[\w-]+:/.test(line) || !lines.some((other) => /^[\w-]+:/.test(other))) return;
  lines[at] = line.trimStart();
  repairs.push({ offset: at, text: 'the first entry is indented; YAML needs it at the margin' });
}

function withoutTabs(line: string, offset: number, repairs: Repair[]): string {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (!indent.includes('\t')) return line;
  repairs.push({ offset, text: 'a tab indents this line; YAML needs spaces' });
  return indent.replaceAll('\t', '  ') + line.slice(indent.length);
}

/** The line where the quoted value that begins in line `at` ends, before any other entry. Else -1. */
function closingLine(lines: string[], at: number): number {
  const [, , , , value = ''] = ENTRY.exec(lines[at] ?? '') ?? [];
  const quote = value[0];
  if ((quote !== '"' && quote !== "'") || isClosed(value, quote)) return -1;
  for (let i = at + 1; i < Math.min(lines.length, at + 40); i++) {
    const text = (lines[i] ?? '').trimEnd();
    if (text.endsWith(quote)) return i;
    if (/^[\w-]+:\s/.test(text)) return -1;
  }
  return -1;
}

function isClosed(value: string, quote: string): boolean {
  const pattern = quote === '"' ? /^"(?:[^"\\]|\\.)*"/ : /^'(?:[^']|'')*'(?!')/;
  return pattern.test(value);
}

function indentContinuation(lines: string[], at: number, closing: number, repairs: Repair[]): void {
  const indent = /^ */.exec(lines[at] ?? '')?.[0].length ?? 0;
  for (let i = at + 1; i <= closing; i++) {
    const line = lines[i] ?? '';
    const own = /^ */.exec(line)?.[0].length ?? 0;
    if (line.trim() === '' || own > indent) continue;
    lines[i] = ' '.repeat(indent + 2) + line.trimStart();
    const text = 'a quoted value continues at the margin; YAML needs its lines indented';
    repairs.push({ offset: i, text });
  }
}

function repairEntry(line: string, offset: number, repairs: Repair[]): string {
  const [, indent = '', key = '', gap = '', value = ''] = ENTRY.exec(line) ?? [];
  if (key === '' || value === '') return line;
  if (gap === '' && !value.startsWith('//')) {
    repairs.push({ offset, text: `no space after "${key}:"; YAML needs one` });
    return repairEntry(`${indent}${key}: ${value}`, offset, repairs);
  }
  const isText = /^\[[^\]]*\]\s*[^\s,#]/.test(value) || !/^[[{|>&*!#]/.test(value);
  if (!isText || parsesAlone(value)) return line;
  repairs.push({ offset, text: `the value of "${key}" needs quotes in YAML; it was taken as written` });
  return `${indent}${key}: ${JSON.stringify(unquoted(value))}`;
}

function parsesAlone(value: string): boolean {
  return parseDocument(`k: ${value}`, { prettyErrors: false }).errors.length === 0;
}

/** `'it's'` and `"unclosed` lose the quotes that YAML was meant to remove. */
function unquoted(value: string): string {
  const text = value.trim();
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  return text.length > 1 && text.endsWith(quote) ? text.slice(1, -1) : text.slice(1);
}
