/** Splits the source into front matter and body, and finds the dialect of the front matter. */
import type { MessageCollector } from '../document/message-collector.ts';
import { jsonEnd } from './json.ts';
import { isHeaderLine, splitHeader } from './key-value.ts';
import { splitNikola } from './nikola.ts';
import { type SplitSource, splitAt } from './split-source.ts';

const YAML_ENTRY = /^[\w-]+[ \t]*:/;
const TOML_ENTRY = /^[\w."-]+[ \t]*=/;
const JSON_ENTRY = /^[ \t]*"[\w-]+"[ \t]*:/;
const FENCES = [
  { dialect: 'yaml', open: /^---[ \t]*(?:ya?ml)?[ \t]*$/i, close: /^(---|\.\.\.)[ \t]*$/, entry: YAML_ENTRY },
  { dialect: 'toml', open: /^\+\+\+[ \t]*$/, close: /^\+\+\+[ \t]*$/, entry: TOML_ENTRY },
  { dialect: 'toml', open: /^---[ \t]*toml[ \t]*$/i, close: /^---[ \t]*$/, entry: TOML_ENTRY },
  { dialect: 'json', open: /^---[ \t]*json5?[ \t]*$/i, close: /^---[ \t]*$/, entry: JSON_ENTRY },
  { dialect: 'json', open: /^;{3,}[ \t]*$/, close: /^;{3,}[ \t]*$/, entry: JSON_ENTRY },
] as const;
/** Eleventy would run the script. Postrider runs no code of an issue. */
const SCRIPT = /^---[ \t]*(?:js|javascript|coffee|ts|typescript|ejs)[ \t]*$/i;

export function splitFrontMatter(source: string, messages: MessageCollector): SplitSource {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.trim() !== '');
  const first = lines[start] ?? '';
  const fence = FENCES.find(({ open }) => open.test(first)) ?? mistypedFence(lines, start, messages);
  if (fence) return splitFenced(lines, start, fence, messages);
  if (SCRIPT.test(first)) return splitScript(lines, start, messages);
  const other =
    splitBraces(source, lines, start, messages) ?? splitHexoJson(lines, start) ?? splitNikola(lines, start);
  if (other) return other;
  if (isHeaderLine(first)) return splitHeader(lines, start, messages);
  return { dialect: 'none', raw: '', line: 1, body: source };
}

/** Hugo's `{ ... }`. The body begins after the closing brace. */
function splitBraces(
  source: string,
  lines: string[],
  start: number,
  messages: MessageCollector,
): SplitSource | null {
  const at = lines.slice(0, start).reduce((sum, line) => sum + line.length + 1, 0);
  if (!/^[ \t]*\{\s*["}]/.test(source.slice(at, at + 2_000))) return null;
  const end = jsonEnd(source, at);
  if (end < 0) {
    messages.error('front-matter-unclosed', 'expected a "}" that ends the front matter, found none', {
      line: start + 1,
    });
    return splitAt(lines, 'json', start, lines.length, 0);
  }
  const raw = source.slice(at, end);
  const blank = '\n'.repeat(source.slice(0, end).split('\n').length - 1);
  return { dialect: 'json', raw, line: start + 1, body: blank + source.slice(end) };
}

/** Hexo's JSON without braces and without a fence above it. */
function splitHexoJson(lines: string[], start: number): SplitSource | null {
  if (!JSON_ENTRY.test(lines[start] ?? '')) return null;
  const length = lines.slice(start).findIndex((line) => /^;{3,}[ \t]*$/.test(line));
  return length < 0 ? null : splitAt(lines, 'json', start, start + length, 1);
}

function splitScript(lines: string[], start: number, messages: MessageCollector): SplitSource {
  const text =
    'the front matter is a script, which only its site generator can run; write it as YAML between "---"';
  messages.error('front-matter-script', text, { line: start + 1 });
  const length = lines.slice(start + 1).findIndex((line) => /^---[ \t]*$/.test(line));
  const { body } = splitAt(
    lines,
    'none',
    start,
    length < 0 ? lines.length : start + 1 + length,
    length < 0 ? 0 : 1,
  );
  return { dialect: 'none', raw: '', line: 1, body };
}

/** `--` or `----` around `key: value` lines is a mistyped `---`. */
const MISTYPED = /^-{2,8}[ \t]*$/;

function mistypedFence(
  lines: string[],
  start: number,
  messages: MessageCollector,
): (typeof FENCES)[0] | null {
  const [yaml] = FENCES;
  const isMeant =
    MISTYPED.test(lines[start] ?? '') &&
    yaml.entry.test(lines[start + 1] ?? '') &&
    (lines.slice(start + 2).some((line) => yaml.close.test(line)) || mistypedEnd(lines, start) > 0);
  if (!isMeant) return null;
  warnOfFence('above', lines, start, messages);
  return yaml;
}

/** The line of the mistyped fence below the entries, before any blank line; 0 if there is none. */
function mistypedEnd(lines: string[], start: number): number {
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === '' || MISTYPED.test(line));
  const end = start + 1 + length;
  return length > 0 && MISTYPED.test(lines[end] ?? '') ? end : 0;
}

function warnOfFence(
  where: 'above' | 'below',
  lines: string[],
  at: number,
  messages: MessageCollector,
): void {
  const text = `expected "---" ${where} the front matter, got ${JSON.stringify(lines[at]?.trim())}`;
  messages.warning('front-matter-fence', text, { line: at + 1 });
}

function splitFenced(
  lines: string[],
  start: number,
  fence: (typeof FENCES)[number],
  messages: MessageCollector,
): SplitSource {
  const length = lines.slice(start + 1).findIndex((line) => fence.close.test(line));
  if (length >= 0) return splitAt(lines, fence.dialect, start + 1, start + 1 + length, 1);
  const looksMeant = lines.slice(start + 1, start + 6).some((line) => fence.entry.test(line));
  if (!looksMeant) return { dialect: 'none', raw: '', line: 1, body: lines.join('\n') };
  const end = fence.dialect === 'yaml' ? mistypedEnd(lines, start) : 0;
  if (end > 0) {
    warnOfFence('below', lines, end, messages);
    return splitAt(lines, 'yaml', start + 1, end, 1);
  }
  const line = start + 1;
  messages.error(
    'front-matter-unclosed',
    `expected a line ${JSON.stringify(lines[start]?.trim())} that ends the front matter, found none`,
    { line },
  );
  const blank = lines.findIndex((text, i) => i > start && text.trim() === '');
  return splitAt(lines, fence.dialect, start + 1, blank < 0 ? lines.length : blank, 0);
}
