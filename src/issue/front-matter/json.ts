/**
 * Reads JSON front matter: Hugo's `{ ... }`, Hexo's lines above `;;;`, `---json`. The YAML reader parses it, since it
 * knows line numbers.
 */
import type { MessageCollector } from '../document/message-collector.ts';
import type { Fields } from './fields.ts';
import { readJsonAsYaml } from './yaml.ts';

/** Adds the braces that Hexo omits. */
export function readJson(raw: string, line: number, messages: MessageCollector): Fields {
  const text = raw.trim();
  const json = text === '' || text.startsWith('{') ? raw : `{${raw.replace(/,\s*$/, '')}}`;
  return readJsonAsYaml(json, line, messages);
}

/** The offset after the brace that closes the object at `start`, or -1. */
export function jsonEnd(source: string, start: number): number {
  let depth = 0;
  let isText = false;
  for (let i = start; i < source.length; i++) {
    const character = source[i];
    if (isText && character === '\\') i++;
    else if (character === '"') isText = !isText;
    else if (isText) continue;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return i + 1;
  }
  return -1;
}
