/** Issues as files: reading them (also from standard input), and the pictures that lie beside them. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, resolve, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { Refused } from '../errors.ts';
import type { Document } from '../issue/document.ts';
import type { Medium } from '../issue/import.ts';

const types: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

const LARGEST = 5 * 1024 * 1024;

/** `-` is standard input. Invalid UTF-8 is refused: it would be sent as broken letters. */
export async function readSource(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Refused('unreadable', `${file}: cannot be read (${error.code ?? error.message})`, {
      cause: error,
    });
  });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Refused('not-utf8', `${file}: expected UTF-8 text, found other bytes; save the file as UTF-8`, {
      cause,
    });
  }
}

/** The pictures the document names by a relative path, as far as they lie beside the source (or below it). */
export async function mediaBeside(file: string, document: Document): Promise<Map<string, Medium>> {
  const found = new Map<string, Medium>();
  if (file === '-') return found;
  const folder = dirname(resolve(file));
  for (const url of imageUrls(document)) {
    const medium = await readMedium(folder, url);
    if (medium) found.set(url, medium);
  }
  return found;
}

async function readMedium(folder: string, url: string): Promise<Medium | null> {
  if (/^([a-z][a-z0-9+.-]*:|\/|#)/i.test(url)) return null;
  const path = resolve(folder, decodeURIComponent(url.split(/[?#]/)[0]!));
  const type = types[extname(path).toLowerCase()];
  if (!type || !path.startsWith(folder + sep)) return null;
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) return null;
  if (bytes.length > LARGEST)
    throw new Refused(
      'picture-too-large',
      `${basename(path)}: has ${bytes.length} bytes, at most ${LARGEST} are taken; make it smaller`,
    );
  return { hash: createHash('sha256').update(bytes).digest('hex'), type, bytes };
}

/** Every picture address in the document, wherever it stands. */
export function imageUrls(document: Document): Set<string> {
  const urls = new Set<string>();
  if (document.cover) urls.add(document.cover);
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as Record<string, unknown>;
    if (typeof node.url === 'string' && typeof node.alt === 'string') urls.add(node.url);
    if (node.tagName === 'img') urls.add(String((node.properties as Record<string, unknown>).src));
    for (const part of Object.values(node)) visit(part);
  };
  visit(document.blocks);
  return urls;
}
