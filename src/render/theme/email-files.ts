/** The files that designers may change: the built-in `emails/`, overlaid by the optional EMAILS_DIR. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Refused } from '../../errors.ts';

/**
 * Reads theme files by their path below `emails/`, e.g. `themes/default/issue.mjml`. A file of the overlay
 * hides the built-in one of the same path. Each file is read once: make a new EmailFiles to see changes.
 */
export class EmailFiles {
  readonly #folders: readonly string[];
  readonly #texts = new Map<string, readonly string[]>();

  /** `overlay` is EMAILS_DIR or null; `builtIn` is for tests. */
  constructor(overlay: string | null = null, builtIn: string = builtInFolder()) {
    this.#folders = overlay === null ? [builtIn] : [overlay, builtIn];
  }

  /** The text of a file, or null when there is none. */
  read(path: string): string | null {
    return this.layers(path)[0] ?? null;
  }

  /** Every version of a file, the overlay's first: words are merged from all of them. */
  layers(path: string): readonly string[] {
    const known = this.#texts.get(path);
    if (known) return known;
    const texts = this.#folders.map((folder) => readIfThere(join(folder, inside(path)))).filter(isText);
    this.#texts.set(path, texts);
    return texts;
  }

  /** The names in a folder of both layers, sorted. */
  list(folder: string): string[] {
    const places = this.#folders.map((top) => join(top, inside(folder))).filter((place) => existsSync(place));
    return [...new Set(places.flatMap((place) => readdirSync(place)))].sort();
  }

  /** The name of a file in faults: where the designer finds it. */
  name(path: string): string {
    const own = join(this.#folders[0]!, inside(path));
    return this.#folders.length > 1 && existsSync(own) ? own : `emails/${path}`;
  }

  /** The path of a file on disk (samples have pictures beside them), or null. */
  locate(path: string): string | null {
    const places = this.#folders.map((folder) => join(folder, inside(path)));
    return places.find((place) => existsSync(place)) ?? null;
  }

  /** Like `read`, but a missing file is a fault of the theme. */
  need(path: string): string {
    const text = this.read(path);
    if (text === null) throw new Refused('template', `emails/${path}: there is no such file`);
    return text;
  }
}

const isText = (text: string | null): text is string => text !== null;

/** Theme names come from users: they must not lead out of the folder. */
function inside(path: string): string {
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part.startsWith('.') || /[\\\0]/.test(part))) {
    throw new Refused('template', `expected a path inside emails/, got "${path}"`);
  }
  return path;
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/\r\n?/g, '\n');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw error;
  }
}

/** Walks up to the package, from `src/` as well as from `dist/src/`. */
function builtInFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!isPackage(folder)) {
    const up = dirname(folder);
    if (up === folder) throw new Error('cannot find the emails/ folder of the postrider package');
    folder = up;
  }
  return join(folder, 'emails');
}

function isPackage(folder: string): boolean {
  const text = readIfThere(join(folder, 'package.json'));
  return text !== null && (JSON.parse(text) as { name?: string }).name === 'postrider';
}
