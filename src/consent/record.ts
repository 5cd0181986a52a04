/** Consent records: append-only proof of what was agreed to, when, from where and by which step. */
import { createHash } from 'node:crypto';
import type { Trx } from '../db/connection.ts';
import type { DeliveryRef } from './tokens.ts';

export type Step = 'asked' | 'confirmed' | 'unsubscribed' | 'not-me';

/** From where an act came. */
export interface Origin {
  /** `form`, `page`, `one-click`, `api`, `cli`, `import: <stated source>`. */
  source: string;
  ip: string | null;
  userAgent: string | null;
  /** Of the page or mail that the person read. */
  language: string | null;
}

export interface Proof {
  step: Step;
  subscriberId: number;
  /** Null: every newsletter. */
  newsletterId: number | null;
  /** The sentence the person agreed to, as shown; null where there was none to agree to. */
  wording: string | null;
  origin: Origin;
  /** The mail whose link was used. */
  delivery?: DeliveryRef;
}

const LONGEST_USER_AGENT = 400;

export const keptUserAgent = ({ userAgent }: Origin): string | null =>
  userAgent?.slice(0, LONGEST_USER_AGENT) ?? null;

export async function writeRecord(trx: Trx, proof: Proof): Promise<void> {
  await trx
    .insertInto('consent_records')
    .values({
      subscriber_id: proof.subscriberId,
      newsletter_id: proof.newsletterId,
      step: proof.step,
      wording: proof.wording,
      wording_version: proof.wording === null ? null : wordingVersion(proof.wording),
      language: proof.origin.language,
      source: proof.origin.source,
      ip: proof.origin.ip,
      user_agent: keptUserAgent(proof.origin),
      delivery_issue_id: proof.delivery?.issue ?? null,
      delivery_id: proof.delivery?.delivery ?? null,
    })
    .execute();
}

/** Made of the text itself: nobody can change a wording and forget to give it a new version. */
export function wordingVersion(wording: string): string {
  return createHash('sha256').update(wording).digest('hex').slice(0, 12);
}
