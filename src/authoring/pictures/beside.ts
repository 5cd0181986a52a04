/** The pictures beside an issue's file, or elsewhere in the folder of its site. */
import { resolve, sep } from 'node:path';
import { pictureUrls } from '../../checks/links-and-pictures.ts';
import type { Document } from '../../issue/document/document.ts';
import {
  MAX_PICTURE_BYTES,
  type PreparedPicture,
  preparePicture,
} from '../../issue/media/prepare-picture.ts';
import { type Medium, mediumOf } from '../../issue/media/store.ts';
import type { FoundLinks } from '../site/find-links.ts';
import type { FolderReader } from '../source/folder-reader.ts';
import { isRelative } from '../source/source-file.ts';

export interface PicturesBeside {
  /** Keyed by the address as the issue writes it. Pictures are already converted for mail. */
  media: Map<string, Medium>;
  /** Pictures that are there but cannot be used. `why` completes "the picture ...". */
  missed: { url: string; why: string }[];
}

interface BesideOptions {
  /** In px. Wider pictures are scaled down. */
  maxWidth: number;
  /** Replaces the default when pictures are prepared again and again, so that results can be cached. */
  shape?: (bytes: Buffer, maxWidth: number) => Promise<PreparedPicture>;
  /** Pictures outside the folder, but within its site. */
  site?: FoundLinks['pictures'];
}

/** The pictures that are named by a relative path and exist. `folder` is null for a source without one. */
export async function picturesBeside(
  reader: FolderReader,
  folder: string | null,
  document: Document,
  { maxWidth, shape = preparePicture, site = null }: BesideOptions,
): Promise<PicturesBeside> {
  const media = new Map<string, Medium>();
  const missed: { url: string; why: string }[] = [];
  if (folder === null) return { media, missed };
  for (const url of pictureUrls(document)) {
    try {
      const bytes = await (site?.urls.has(url)
        ? readInSite(reader, site.content, folder, url)
        : readBeside(reader, folder, url));
      if (bytes) media.set(url, mediumOf(await shape(bytes, maxWidth)));
    } catch (error) {
      missed.push({ url, why: (error as Error).message });
    }
  }
  return { media, missed };
}

async function readInSite(
  reader: FolderReader,
  content: string,
  folder: string,
  url: string,
): Promise<Buffer | null> {
  const path = resolve(await reader.realPath(folder), decoded(url));
  return reader.readWithin(content, path, MAX_PICTURE_BYTES);
}

async function readBeside(reader: FolderReader, folder: string, url: string): Promise<Buffer | null> {
  if (!isRelative(url) || /^[/#]/.test(url)) return null;
  const path = resolve(folder, decoded(url.split(/[?#]/)[0]!));
  if (!path.startsWith(folder + sep)) return null;
  return reader.readWithin(folder, path, MAX_PICTURE_BYTES);
}

/** `my%20cover.png` is `my cover.png`; a name may also have a percent sign of its own. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
