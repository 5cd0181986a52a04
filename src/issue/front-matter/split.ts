/** Tells the front matter from the body, and which of its dialects it is written in. */
import type { Remarks } from '../messages.ts';
import { cut, type Split } from './cut.ts';
import { isHeaderLine, splitHeader } from './key-value.ts';

const FENCES = [
  { dialect: 'yaml', open: /^---[ \t]*$/, close: /^(---|\.\.\.)[ \t]*$/, entry: /^[\w-]+[ \t]*:/ },
  { dialect: 'toml', open: /^\+\+\+[ \t]*$/, close: /^\+\+\+[ \t]*$/, entry: /^[\w."-]+[ \t]*=/ },
] as const;

export function splitFrontMatter(source: string, remarks: Remarks): Split {
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.trim() !== '');
  const first = lines[start] ?? '';
  const fence = FENCES.find(({ open }) => open.test(first)) ?? mistypedFence(lines, start, remarks);
  if (fence) return splitFenced(lines, start, fence, remarks);
  if (isHeaderLine(first)) return splitHeader(lines, start, remarks);
  return { dialect: 'none', raw: '', line: 1, body: source };
}

/** `--` or `----` above and below `key: value` lines was meant as `---`. */
const MISTYPED = /^-{2,8}[ \t]*$/;

function mistypedFence(lines: string[], start: number, remarks: Remarks): (typeof FENCES)[0] | null {
  const [yaml] = FENCES;
  const isMeant =
    MISTYPED.test(lines[start] ?? '') &&
    yaml.entry.test(lines[start + 1] ?? '') &&
    (lines.slice(start + 2).some((line) => yaml.close.test(line)) || mistypedEnd(lines, start) > 0);
  if (!isMeant) return null;
  warnOfFence('above', lines, start, remarks);
  return yaml;
}

/** The mistyped fence below an entry, before any blank line; 0 when there is none. */
function mistypedEnd(lines: string[], start: number): number {
  const length = lines.slice(start + 1).findIndex((line) => line.trim() === '' || MISTYPED.test(line));
  const end = start + 1 + length;
  return length > 0 && MISTYPED.test(lines[end] ?? '') ? end : 0;
}

function warnOfFence(where: 'above' | 'below', lines: string[], at: number, remarks: Remarks): void {
  const text = `expected "---" ${where} the front matter, got ${JSON.stringify(lines[at]?.trim())}`;
  remarks.warning('front-matter-fence', text, { line: at + 1 });
}

function splitFenced(
  lines: string[],
  start: number,
  fence: (typeof FENCES)[number],
  remarks: Remarks,
): Split {
  const length = lines.slice(start + 1).findIndex((line) => fence.close.test(line));
  if (length >= 0) return cut(lines, fence.dialect, start + 1, start + 1 + length, 1);
  const looksMeant = lines.slice(start + 1, start + 6).some((line) => fence.entry.test(line));
  if (!looksMeant) return { dialect: 'none', raw: '', line: 1, body: lines.join('\n') };
  const end = fence.dialect === 'yaml' ? mistypedEnd(lines, start) : 0;
  if (end > 0) {
    warnOfFence('below', lines, end, remarks);
    return cut(lines, 'yaml', start + 1, end, 1);
  }
  const line = start + 1;
  remarks.error(
    'front-matter-unclosed',
    `expected a line ${JSON.stringify(lines[start]?.trim())} that ends the front matter, found none`,
    { line },
  );
  const blank = lines.findIndex((text, i) => i > start && text.trim() === '');
  return cut(lines, fence.dialect, start + 1, blank < 0 ? lines.length : blank, 0);
}
