import { parse, TomlDate, TomlError } from 'smol-toml';
import type { MessageCollector } from '../document/message-collector.ts';
import type { Fields } from './fields.ts';
import { normalKey, plainText } from './fields.ts';

/** Reads the `+++` front matter of Hugo and Zola. */
export function readToml(raw: string, line: number, messages: MessageCollector): Fields {
  const fields: Fields = new Map();
  for (const [key, value] of Object.entries(parsed(raw, line, messages))) {
    fields.set(normalKey(key), {
      key,
      value: plain(value),
      text: writtenText(raw, key, value),
      line: lineOf(raw, key, line),
    });
  }
  return fields;
}

function parsed(raw: string, line: number, messages: MessageCollector): Record<string, unknown> {
  try {
    return parse(raw);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = 'invalid TOML'] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    messages.error('front-matter-toml', `the front matter is not TOML: ${reason}`, {
      line: line + error.line - 1,
      column: error.column,
    });
    return {};
  }
}

function plain(value: unknown): unknown {
  return value instanceof TomlDate ? value.toISOString() : value;
}

/** Dates as they were written, not as TOML parsed them. */
function writtenText(raw: string, key: string, value: unknown): string | null {
  if (!(value instanceof TomlDate)) return plainText(value);
  const entry = raw.split('\n').find((text) => text.trimStart().startsWith(key)) ?? '';
  return /=\s*([^#]*)/.exec(entry)?.[1]?.trim() ?? value.toISOString();
}

function lineOf(raw: string, key: string, line: number): number {
  const at = raw.split('\n').findIndex((text) =>
    text
      .trimStart()
      .replace(/^[["']+/, '')
      .startsWith(key),
  );
  return line + Math.max(at, 0);
}
