/** Consent records: append-only proof of what was agreed to, when, from where and by which step. */
import { createHash } from 'node:crypto';
import type { Trx } from '../db/connection.ts';
import type { Keys } from './keys.ts';
import type { DeliveryRef } from './tokens.ts';

type Step =
  | 'asked'
  | 'confirmed'
  | 'unsubscribed'
  | 'undone'
  | 'address-changed'
  | 'not-me'
  | 'bounced'
  | 'complained';

/** Where an act came from. */
export interface Origin {
  /** `form`, `page`, `one-click`, `api`, `cli`, `import: <stated source>`, `mailto`, `imap report 17`. */
  source: string;
  /** As `hashedIp` makes it: shows that two acts came from one place, or from a given one, and names no place. */
  ipHash: Buffer | null;
  /** The page that they saw: its path here without the token, or the site that our form stands on. */
  page: string | null;
  userAgent: string | null;
  /** The language of the page or mail that the person read. */
  language: string | null;
}

interface ConsentRecord {
  step: Step;
  subscriberId: number;
  /** Null: every newsletter. */
  newsletterId: number | null;
  /** The sentence that the person agreed to, as shown; null if there was none. */
  wording: string | null;
  origin: Origin;
  /** The mail whose link was used. */
  delivery?: DeliveryRef;
}

const MAX_USER_AGENT_CHARS = 400;

export const recordedUserAgent = ({ userAgent }: Origin): string | null =>
  userAgent?.slice(0, MAX_USER_AGENT_CHARS) ?? null;

/** Returns the number of the record. */
export async function writeRecord(trx: Trx, record: ConsentRecord): Promise<number> {
  const { id } = await trx
    .insertInto('consent_records')
    .values({
      subscriber_id: record.subscriberId,
      newsletter_id: record.newsletterId,
      step: record.step,
      wording: record.wording,
      wording_version: record.wording === null ? null : wordingVersion(record.wording),
      language: record.origin.language,
      source: record.origin.source,
      ip_hash: record.origin.ipHash,
      page: record.origin.page,
      user_agent: recordedUserAgent(record.origin),
      delivery_issue_id: record.delivery?.issue ?? null,
      delivery_id: record.delivery?.delivery ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** By the newest key; whoever compares needs the keys of that time. */
export const hashedIp = (keys: Keys, ip: string | null): Buffer | null =>
  ip === null ? null : (keys.hashesOf('ip', ip)[0] ?? null);

/** An act on the command line. */
export const fromCommandLine: Origin = {
  source: 'cli',
  ipHash: null,
  page: null,
  userAgent: null,
  language: null,
};

/** Derived from the text, so that nobody can change a wording and forget to give it a new version. */
function wordingVersion(wording: string): string {
  return createHash('sha256').update(wording).digest('hex').slice(0, 12);
}
