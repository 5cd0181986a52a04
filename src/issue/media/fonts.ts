/** Checks for fonts before an SVG is drawn: without one, its text would silently become boxes. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** The font folders of Linux, macOS and Windows. */
const FOLDERS = [
  '/usr/share/fonts',
  '/usr/local/share/fonts',
  join(homedir(), '.fonts'),
  join(homedir(), '.local/share/fonts'),
  '/System/Library/Fonts',
  '/Library/Fonts',
  'C:\\Windows\\Fonts',
];
const SCRIPTS = [
  'Latin',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Thai',
  'Devanagari',
];
const IN_SCRIPT = SCRIPTS.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'gu')] as const);
const MAX_LETTERS = 50;

/** The scripts of an SVG's `<text>` for which this machine has no font. */
export async function scriptsWithoutFont(svg: string): Promise<string[]> {
  const words = wordsIn(svg);
  const missing: string[] = [];
  for (const [name, pattern] of IN_SCRIPT) {
    const letters = [...new Set(words.match(pattern))].slice(0, MAX_LETTERS);
    if (letters.length > 0 && !(await hasGlyphs(letters))) missing.push(name);
  }
  return missing;
}

const wordsIn = (svg: string): string =>
  svg
    .split(/<text\b/i)
    .slice(1)
    .map((part) => part.split(/<\/text\s*>/i, 1)[0]!.replace(/<[^>]*>|^[^>]*>/g, ' '))
    .join(' ')
    .replace(/&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi, (_, hex?: string, decimal?: string) => {
      const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    });

/** Asks fontconfig, as the drawing library does. Where its tool is missing, any font counts. */
async function hasGlyphs(letters: readonly string[]): Promise<boolean> {
  const charset = letters.map((letter) => letter.codePointAt(0)!.toString(16)).join(' ');
  try {
    const { stdout } = await run('fc-list', [`:charset=${charset}`, 'family'], { timeout: 5_000 });
    return stdout.trim() !== '';
  } catch {
    return anyFont();
  }
}

async function anyFont(): Promise<boolean> {
  for (const folder of FOLDERS) {
    const names = await readdir(folder, { recursive: true }).catch((): string[] => []);
    if (names.some((name) => /\.(ttf|otf|ttc|pfb|woff2?)$/i.test(name))) return true;
  }
  return false;
}
