/** Reads a source into its document, and resolves its links to other pages of its site. */
import type { Document } from '../../issue/document/document.ts';
import { readIssue } from '../../issue/read.ts';
import { type FoundLinks, findLinks, type WrittenLink } from '../site/find-links.ts';
import { type SourceFile, storedName } from '../source/source-file.ts';
import type { AuthoringContext } from './context.ts';

export interface ReadFile {
  file: SourceFile;
  document: Document;
  /** Null when no link needs the files of a site. */
  site: FoundLinks | null;
}

/** Faults of the source are messages of the document, never exceptions. */
export async function readFile(
  file: SourceFile,
  context: Pick<AuthoringContext, 'view' | 'newsletter' | 'db' | 'publicUrl' | 'folders'>,
): Promise<ReadFile> {
  const { view, newsletter, db, publicUrl, folders } = context;
  const written: WrittenLink[] = [];
  const options = {
    file: storedName(file.name),
    language: view?.language,
    baseUrl: view?.baseUrl ?? undefined,
    timezone: newsletter?.timezone,
  };
  const document = readIssue(file.text, {
    ...options,
    links: (address, what) => {
      written.push({ written: address, what });
      return null;
    },
  });
  if (written.length === 0 || file.folder === null) return { file, document, site: null };
  const archive = { db, newsletter, publicUrl };
  const origin = { folder: file.folder, baseUrl: document.baseUrl, archive };
  const site = await findLinks(folders, written, origin);
  return { file, document: readIssue(file.text, { ...options, links: site.links }), site };
}
