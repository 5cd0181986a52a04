/** The links that a mail carries: what the slots `link.*` and the List-* headers say. */
import type { Links } from '../render/edition/edition.ts';
import type { Keys } from './keys.ts';
import { type LinkRef, preferencesToken, unsubscribeToken } from './tokens.ts';

/** What the links of an issue say about its delivery. */
export interface LinkedDelivery {
  issueId: number;
  id: number;
  newsletterId: number;
  subscriberId: number | null;
  linkKey: number | null;
}

/**
 * `publicUrl` without a trailing slash. `page`: the issue's page; null when the newsletter has no archive. Without a
 * subscriber (erased) there is nobody to unsubscribe.
 */
export function issueLinks(
  keys: Keys,
  publicUrl: string,
  delivery: LinkedDelivery,
  page: string | null,
): Links {
  const links: Links = page === null ? {} : { view: page };
  if (delivery.subscriberId === null || delivery.linkKey === null) return links;
  const { newsletterId: newsletter, subscriberId: subscriber, linkKey } = delivery;
  const ref = { newsletter, subscriber, linkKey };
  const token = unsubscribeToken(keys, { ...ref, issue: delivery.issueId, delivery: delivery.id });
  return {
    ...links,
    unsubscribe: `${publicUrl}/unsubscribe/${token}`,
    preferences: preferencesUrl(keys, publicUrl, ref),
  };
}

/** The page where somebody chooses what they get. */
export const preferencesUrl = (keys: Keys, publicUrl: string, ref: LinkRef): string =>
  `${publicUrl}/preferences/${preferencesToken(keys, ref)}`;

/** The page of a newsletter's issues, or of one of them. Without a `publicUrl` it is the path below it. */
export function archiveUrl(publicUrl: string, newsletterSlug: string, issueSlug?: string): string {
  const page = `${publicUrl}/archive/${encodeURIComponent(newsletterSlug)}`;
  return issueSlug === undefined ? page : `${page}/${encodeURIComponent(issueSlug)}`;
}

/** The page with the form. */
export const subscribeUrl = (publicUrl: string, newsletterSlug: string): string =>
  `${publicUrl}/subscribe/${encodeURIComponent(newsletterSlug)}`;
