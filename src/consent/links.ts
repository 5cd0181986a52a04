/** The links that a mail carries: what the slots `link.*` and the List-* headers say. */
import type { Links } from '../render/edition/edition.ts';
import type { Keys } from './keys.ts';
import { confirmToken, rejectToken, unsubscribeToken } from './tokens.ts';

/** What an issue's links need of its delivery. */
export interface IssueRow {
  issue_id: number;
  id: number;
  newsletter_id: number;
  subscriber_id: number | null;
  link_key: number | null;
  /** The issue's page; null when the newsletter has no archive. */
  archiveUrl: string | null;
}

/** What a service mail's links need of its delivery. */
export interface ServiceRow {
  newsletter_id: number;
  subscriber_id: number | null;
  link_key: number | null;
  /** Of the ask that the person is pending by; null for a mail that asks nothing. */
  request_key: number | null;
}

/** `publicUrl` without a trailing slash. Without a subscriber (erased) there is nothing to leave. */
export function issueLinks(keys: Keys, publicUrl: string, row: IssueRow): Links {
  const links: Links = row.archiveUrl === null ? {} : { view: row.archiveUrl };
  if (row.subscriber_id === null || row.link_key === null) return links;
  const token = unsubscribeToken(keys, {
    newsletter: row.newsletter_id,
    subscriber: row.subscriber_id,
    linkKey: row.link_key,
    issue: row.issue_id,
    delivery: row.id,
  });
  return { ...links, unsubscribe: `${publicUrl}/unsubscribe/${token}` };
}

/** The confirmation works for 72 hours from `now`: the moment of the mail, not of the ask. */
export function serviceLinks(keys: Keys, publicUrl: string, row: ServiceRow, now: Date): Links {
  if (row.subscriber_id === null || row.link_key === null) return {};
  const ref = { newsletter: row.newsletter_id, subscriber: row.subscriber_id, linkKey: row.link_key };
  const reject = `${publicUrl}/reject/${rejectToken(keys, ref)}`;
  if (row.request_key === null) return { reject };
  const token = confirmToken(keys, { ...ref, requestKey: row.request_key }, now);
  return { confirm: `${publicUrl}/confirm/${token}`, reject };
}

/** The page of a newsletter's issues, or of one of them. Without a `publicUrl` it is the path below it. */
export function archiveUrl(publicUrl: string, newsletterSlug: string, issueSlug?: string): string {
  const page = `${publicUrl}/archive/${encodeURIComponent(newsletterSlug)}`;
  return issueSlug === undefined ? page : `${page}/${encodeURIComponent(issueSlug)}`;
}

/** The page with the form. */
export const subscribeUrl = (publicUrl: string, newsletterSlug: string): string =>
  `${publicUrl}/subscribe/${encodeURIComponent(newsletterSlug)}`;
