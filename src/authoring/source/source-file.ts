/** An issue's source as its author hands it over: text, a name, and the folder that its pictures and links refer to. */
import { dirname, resolve } from 'node:path';
import { Refused } from '../../errors.ts';
import { MAX_SOURCE_BYTES } from '../../issue/document/source.ts';
import { folderOfDrafts } from '../../issue/front-matter/publication.ts';

/** Reading stops here, far above the limit of an issue, so that an endless file does not block the command. */
export const MAX_FILE_BYTES = 16 * MAX_SOURCE_BYTES;

/** The name of a source that has no file. */
export const STANDARD_INPUT = '-';

export interface SourceFile {
  /** As the author named it, for messages; `-` is standard input. */
  name: string;
  text: string;
  /** Where pictures and pages are looked for. Null for a source without a folder, such as standard input. */
  folder: string | null;
  /** Where the author says the pictures are, if not beside the file: a folder, or an address on the web. */
  base: string | null;
}

export function sourceFile(name: string, text: string, base: string | null = null): SourceFile {
  const own = name === STANDARD_INPUT ? null : dirname(resolve(name));
  return { name, text, folder: base === null || isWebAddress(base) ? own : resolve(base), base };
}

/** Refuses invalid UTF-8, which would be sent as broken letters. */
export function decodeSource(name: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Refused('not-utf8', `${name}: expected UTF-8 text, found other bytes; save the file as UTF-8`, {
      cause,
    });
  }
}

/** The name to store. A file named from within a folder of drafts (`cd _drafts`) keeps that folder in its name. */
export function storedName(name: string): string {
  const whole = resolve(name);
  const losesFolder = folderOfDrafts(whole) !== null && folderOfDrafts(name) === null;
  return name !== STANDARD_INPUT && losesFolder ? whole : name;
}

export const isWebAddress = (base: string): boolean => /^https?:\/\//i.test(base);

/** An address with neither a scheme nor a host. */
export const isRelative = (url: string): boolean => !/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(url);
