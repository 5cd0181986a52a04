/** Reads YAML as editors write it: strictly first, then with the usual mistakes repaired, each with a warning. */
import { isMap, isScalar, LineCounter, parseDocument, type Document as YamlDocument } from 'yaml';
import type { MessageCollector } from '../document/message-collector.ts';
import type { Field, Fields } from './fields.ts';
import { normalKey, plainText } from './fields.ts';
import { repairYaml } from './yaml-repair.ts';

export function readYaml(raw: string, line: number, messages: MessageCollector): Fields {
  const strict = parse(raw);
  if (strict.document.errors.length === 0) return fieldsOf(strict, line, messages);
  const repaired = repairYaml(raw);
  const tolerant = parse(repaired.yaml);
  if (tolerant.document.errors.length > 0) {
    const { text, place } = errorIn(strict, line);
    messages.error('front-matter-yaml', `the front matter is not YAML: ${text}`, place);
  } else
    for (const { offset, text } of repaired.repairs)
      messages.warning('front-matter-yaml', text, { line: line + offset });
  return fieldsOf(tolerant, line, messages);
}

/** Every JSON document is YAML; a comma too many is accepted. */
export function readJsonAsYaml(json: string, line: number, messages: MessageCollector): Fields {
  const parsed = parse(json);
  if (parsed.document.errors.length > 0) {
    const { text, place } = errorIn(parsed, line);
    messages.error('front-matter-json', `the front matter is not JSON: ${text}`, place);
  }
  return fieldsOf(parsed, line, messages);
}

interface Parsed {
  document: YamlDocument;
  lines: LineCounter;
}

function parse(raw: string): Parsed {
  const lines = new LineCounter();
  const options = { prettyErrors: false, lineCounter: lines, uniqueKeys: false, logLevel: 'error' } as const;
  const document = parseDocument(raw, options);
  return { document, lines };
}

function errorIn({ document, lines }: Parsed, line: number) {
  const error = document.errors[0];
  const at = lines.linePos(error?.pos[0] ?? 0);
  return { text: error?.message ?? 'invalid', place: { line: line + at.line - 1, column: at.col } };
}

function fieldsOf({ document, lines }: Parsed, line: number, messages: MessageCollector): Fields {
  const fields: Fields = new Map();
  if (!isMap(document.contents)) {
    if (document.contents !== null) {
      messages.error('front-matter-yaml', 'expected "key: value" lines as front matter', { line });
    }
    return fields;
  }
  for (const { key, value } of document.contents.items) {
    const name = String(isScalar(key) ? key.value : key);
    const at = isScalar(key) && key.range ? lines.linePos(key.range[0]).line - 1 : 0;
    keep(fields, { key: name, ...valueIn(document, value), line: line + at }, messages);
  }
  return fields;
}

/** Quoted scalars and block scalars by their value; plain ones as written, so that `1.10` stays `1.10`. */
function valueIn(document: YamlDocument, node: unknown): Pick<Field, 'value' | 'text'> {
  if (!isScalar(node)) return { value: treeValue(document, node), text: null };
  const text = node.type === 'PLAIN' && node.value !== null ? (node.source ?? null) : plainText(node.value);
  return { value: node.value, text };
}

/**
 * Aliases are resolved up to `yaml`'s own limit. Beyond it (a "billion laughs"), and where an alias contains itself, the
 * value is dropped, so that a document can always be written as JSON.
 */
function treeValue(document: YamlDocument, node: unknown): unknown {
  try {
    const value = (node as { toJS?: (document: YamlDocument) => unknown } | null)?.toJS?.(document) ?? null;
    JSON.stringify(value);
    return value;
  } catch {
    return null;
  }
}

function keep(fields: Fields, field: Field, messages: MessageCollector): void {
  const key = normalKey(field.key);
  const before = fields.get(key);
  if (before && JSON.stringify(before.value) !== JSON.stringify(field.value)) {
    const text = `${JSON.stringify(field.key)} is given twice with different values (first in line ${before.line})`;
    messages.error('front-matter-contradiction', text, { line: field.line });
    return;
  }
  if (before)
    messages.warning('front-matter-duplicate', `"${field.key}" is given twice`, { line: field.line });
  fields.set(key, field);
}
