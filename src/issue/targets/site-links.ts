/**
 * Links that only a site's generator resolves. They are resolved when the file is read, and stored with the issue for
 * its send.
 */
import { siteForm } from './site-form.ts';

/** A link's address, or a picture's path from the issue; else words that complete "the address ...". */
export type SiteLinkAnswer = { url: string } | { why: string };

/** Returns null if links are not resolved, for instance because there is no file. */
export type SiteLinkResolver = (written: string, what: 'link' | 'picture') => SiteLinkAnswer | null;

/** A link and a picture may have the same address. */
export const siteLinkKey = (written: string, what: 'link' | 'picture'): string =>
  what === 'picture' ? `!${written.trim()}` : written.trim();

/** Resolves the links that are stored with an issue. */
export const storedLinks =
  (kept: Readonly<Record<string, string>>): SiteLinkResolver =>
  (written, what) => {
    const key = siteLinkKey(written, what);
    return Object.hasOwn(kept, key) ? { url: kept[key]! } : null;
  };

/** Null for any other address, and for one that was not resolved. */
export const resolveSiteLink = (
  links: SiteLinkResolver | undefined,
  written: string,
  what: 'link' | 'picture',
): SiteLinkAnswer | null => (links && siteForm(written) ? links(written, what) : null);

/** Whether both have the same addresses. */
export const sameLinks = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([written, url]) => b[written] === url);
