/** Issues as files: reading them (also from standard input), and the pictures that lie beside them. */
import { realpath } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pictureUrls } from '../../checks/links-and-pictures.ts';
import { Refused } from '../../errors.ts';
import { MAX_PICTURE_BYTES } from '../../io/fetch/picture.ts';
import { readWithin, streamFile, whyUnreadable } from '../../io/files.ts';
import type { Document } from '../../issue/document/document.ts';
import { MAX_SOURCE_BYTES } from '../../issue/document/source.ts';
import { folderOfDrafts } from '../../issue/front-matter/publication.ts';
import { shapePicture } from '../../issue/media/shape.ts';
import { type Medium, mediumOf } from '../../issue/media/store.ts';
import type { FoundLinks } from './links.ts';

/** Far more than is read of an issue: what has no end is not waited for. */
const MOST_BYTES = 16 * MAX_SOURCE_BYTES;

/** `-` is standard input. Invalid UTF-8 is refused: it would be sent as broken letters. */
export async function readSource(file: string): Promise<string> {
  const bytes = await bytesOf(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Refused('not-utf8', `${file}: expected UTF-8 text, found other bytes; save the file as UTF-8`, {
      cause,
    });
  }
}

/** A file named from within a folder of drafts (`cd _drafts`) keeps that folder in its name. */
export function nameOf(file: string): string {
  const whole = resolve(file);
  return file !== '-' && folderOfDrafts(whole) !== null && folderOfDrafts(file) === null ? whole : file;
}

async function bytesOf(file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const stream = file === '-' ? process.stdin : await streamFile(file);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MOST_BYTES)
        throw new Refused('source-too-large', `${file}: expected an issue of at most 1 MB, found over 16 MB`);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof Refused) throw cause;
    throw new Refused('unreadable', `${file}: cannot be read: ${whyUnreadable(cause)}`, { cause });
  }
  return Buffer.concat(pieces);
}

/**
 * The pictures the document names by a relative path, as far as they lie beside the source (or below it), fit for
 * mail and at most `maxWidth` px wide. `missed` are those that lie there and cannot be
 * used. Who renders again and again gives a `shape` that remembers. `base` is the folder that they are beside
 * instead: standard input has none. `site` names those that lie elsewhere in the folder of the site.
 */
export async function mediaBeside(
  file: string,
  document: Document,
  maxWidth: number,
  shape = shapePicture,
  base: string | null = null,
  site: FoundLinks['pictures'] = null,
): Promise<{ media: Map<string, Medium>; missed: { url: string; why: string }[] }> {
  const media = new Map<string, Medium>();
  const missed: { url: string; why: string }[] = [];
  if (file === '-' && base === null) return { media, missed };
  const folder = base === null ? dirname(resolve(file)) : resolve(base);
  for (const url of pictureUrls(document)) {
    try {
      const bytes = await (site?.urls.has(url)
        ? readWithin(site.content, resolve(await realpath(folder), decoded(url)), MAX_PICTURE_BYTES)
        : readBeside(folder, url));
      if (bytes) media.set(url, mediumOf(await shape(bytes, maxWidth)));
    } catch (error) {
      missed.push({ url, why: (error as Error).message });
    }
  }
  return { media, missed };
}

async function readBeside(folder: string, url: string): Promise<Buffer | null> {
  if (!isLocal(url) || /^[/#]/.test(url)) return null;
  const path = resolve(folder, decoded(url.split(/[?#]/)[0]!));
  if (!path.startsWith(folder + sep)) return null;
  return readWithin(folder, path, MAX_PICTURE_BYTES);
}

/** `my%20cover.png` is `my cover.png`; a name may also have a percent sign of its own. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Neither with a scheme nor with a host. */
export const isLocal = (url: string): boolean => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
