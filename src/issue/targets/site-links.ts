/** What addresses of a site's generator lead to, found out when the file was read, and kept with the issue for its send. */
import { siteForm } from './site-form.ts';

/** Where a link leads, or a picture's path from the issue; else words that complete "the address ...". */
export type SiteLinkAnswer = { url: string } | { why: string };

/** Null: nobody looked, for instance because there is no file. */
export type SiteLinkResolver = (written: string, what: 'link' | 'picture') => SiteLinkAnswer | null;

/** One address may stand for a link and for a picture. */
export const siteLinkKey = (written: string, what: 'link' | 'picture'): string =>
  what === 'picture' ? `!${written.trim()}` : written.trim();

/** Of an issue in the database. */
export const storedLinks =
  (kept: Readonly<Record<string, string>>): SiteLinkResolver =>
  (written, what) => {
    const key = siteLinkKey(written, what);
    return Object.hasOwn(kept, key) ? { url: kept[key]! } : null;
  };

/** Null for an address that is none of a site's, or that nobody looked for. */
export const resolveSiteLink = (
  links: SiteLinkResolver | undefined,
  written: string,
  what: 'link' | 'picture',
): SiteLinkAnswer | null => (links && siteForm(written) ? links(written, what) : null);

/** Whether both lead to the same addresses. */
export const sameLinks = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([written, url]) => b[written] === url);
