/** The folder of a site that an issue's file stands in: its content, its settings, and which generator they are for. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { readWithin } from '../../io/files.ts';
import type { SiteSettings } from '../../issue/page-address/page-address.ts';

export interface SiteFolder {
  /** The folder that all pages are below: nothing outside of it is read. */
  content: string;
  settings: SiteSettings;
}

/** An issue lies no deeper in its site. */
const MAX_DEPTH = 10;
/** Settings are read up to here, in bytes. */
const MAX_SETTINGS = 200_000;
/** In the order in which they decide. */
const SETTINGS = [
  { name: 'pelicanconf.py', by: 'pelican' },
  { name: '_config.yml', by: 'jekyll' },
  { name: 'hugo.toml', by: 'hugo' },
  { name: 'hugo.yaml', by: 'hugo' },
  { name: 'hugo.json', by: 'hugo' },
  { name: 'config.toml', by: 'hugo' },
  { name: 'config.yaml', by: 'hugo' },
] as const;

/** `folder`: of the issue, absolute and real. Without settings it is the nearest `content`, else the issue's own folder. */
export async function siteFolder(folder: string): Promise<SiteFolder> {
  for (const above of foldersUp(folder)) {
    for (const { name, by } of SETTINGS) {
      const content = by === 'jekyll' ? above : join(above, 'content');
      if (`${folder}${sep}`.startsWith(content + sep) && (await isFile(join(above, name))))
        return { content, settings: await settingsIn(above, name, by) };
    }
    if (await stat(join(above, '.git')).catch(() => null)) break;
  }
  return { content: withoutSettings(folder), settings: { by: 'any', text: null } };
}

function withoutSettings(folder: string): string {
  const up = foldersUp(folder);
  const posts = up.find((above) => /^_(?:posts|drafts)$/.test(basename(above)));
  return up.find((above) => basename(above) === 'content') ?? (posts ? dirname(posts) : folder);
}

function foldersUp(folder: string): string[] {
  const up = [folder];
  while (up.length < MAX_DEPTH && dirname(up.at(-1)!) !== up.at(-1)) up.push(dirname(up.at(-1)!));
  return up;
}

const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isFile() === true;

/** Settings that cannot be read, or that a folder adds to, are as good as unknown. */
async function settingsIn(folder: string, name: string, by: SiteSettings['by']): Promise<SiteSettings> {
  const bytes = await readWithin(folder, join(folder, name), MAX_SETTINGS).catch(() => null);
  const text = bytes?.toString('utf8') ?? null;
  const isZola = name === 'config.toml' && /^\s*base_url\s*=/m.test(text ?? '');
  if (isZola) return { by: 'zola', text };
  const isSplit = by === 'hugo' && (await stat(join(folder, 'config')).catch(() => null)) !== null;
  return { by, text: isSplit ? null : text };
}
