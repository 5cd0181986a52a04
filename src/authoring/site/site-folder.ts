/** Finds the site that an issue's file belongs to: its content folder, its settings, and their generator. */
import { basename, dirname, join, sep } from 'node:path';
import type { SiteSettings } from '../../issue/page-address/page-address.ts';
import type { FolderReader } from '../source/folder-reader.ts';

export interface SiteFolder {
  /** The folder that holds all pages. Nothing outside of it is read. */
  content: string;
  settings: SiteSettings;
}

/** How many folders above an issue are searched for the settings of its site. */
const MAX_DEPTH = 10;
const MAX_SETTINGS_BYTES = 200_000;
/** The first that is found decides. */
const SETTINGS_FILES = [
  { name: 'pelicanconf.py', by: 'pelican' },
  { name: '_config.yml', by: 'jekyll' },
  { name: 'hugo.toml', by: 'hugo' },
  { name: 'hugo.yaml', by: 'hugo' },
  { name: 'hugo.json', by: 'hugo' },
  { name: 'config.toml', by: 'hugo' },
  { name: 'config.yaml', by: 'hugo' },
] as const;

/**
 * `folder` is the issue's, absolute and with links followed. Without settings the content is the nearest folder named
 * `content`, else the issue's own folder.
 */
export async function findSiteFolder(reader: FolderReader, folder: string): Promise<SiteFolder> {
  for (const above of foldersUp(folder)) {
    for (const { name, by } of SETTINGS_FILES) {
      const content = by === 'jekyll' ? above : join(above, 'content');
      const isInContent = `${folder}${sep}`.startsWith(content + sep);
      if (isInContent && (await reader.kindOf(join(above, name))) === 'file')
        return { content, settings: await readSettings(reader, above, name, by) };
    }
    if (await reader.kindOf(join(above, '.git'))) break;
  }
  return { content: contentWithoutSettings(folder), settings: { by: 'any', text: null } };
}

function contentWithoutSettings(folder: string): string {
  const up = foldersUp(folder);
  const posts = up.find((above) => /^_(?:posts|drafts)$/.test(basename(above)));
  return up.find((above) => basename(above) === 'content') ?? (posts ? dirname(posts) : folder);
}

function foldersUp(folder: string): string[] {
  const up = [folder];
  while (up.length < MAX_DEPTH && dirname(up.at(-1)!) !== up.at(-1)) up.push(dirname(up.at(-1)!));
  return up;
}

/**
 * The text is null if the file cannot be read, or if a folder `config` adds settings: the rules for addresses are then
 * unknown.
 */
async function readSettings(
  reader: FolderReader,
  folder: string,
  name: string,
  by: SiteSettings['by'],
): Promise<SiteSettings> {
  const bytes = await reader.readWithin(folder, join(folder, name), MAX_SETTINGS_BYTES).catch(() => null);
  const text = bytes?.toString('utf8') ?? null;
  const isZola = name === 'config.toml' && /^\s*base_url\s*=/m.test(text ?? '');
  if (isZola) return { by: 'zola', text };
  const isSplit = by === 'hugo' && (await reader.kindOf(join(folder, 'config'))) !== null;
  return { by, text: isSplit ? null : text };
}
