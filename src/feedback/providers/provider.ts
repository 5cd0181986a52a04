/**
 * What a mail provider reports by HTTP, and how it is read: each provider verifies the bytes of a request before it reads
 * any event in them. A file per provider says how it signs and what its events mean.
 */
import type { Report } from '../report.ts';

/**
 * `report`: a bounce, a complaint, a delay or the like. `accepted`: the provider has the mail. `delivered`: so has the
 * reader's mailbox provider, or the reader. `unsubscribed`: the reader left by the provider's own link or list.
 */
export type EventKind = 'report' | 'accepted' | 'delivered' | 'unsubscribed';

export interface ProviderEvent {
  /** The same for every repetition, and for no other event of this provider. */
  id: string;
  kind: EventKind;
  report: Report;
  /** Where the signature does not cover the event: its content. Another one under the same id is a forgery. */
  content?: string;
}

/** A request as it arrived. */
export interface EventRequest {
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** What we know about the sender of a request. */
export interface KnownSender {
  /** What the key was pinned to: an SNS topic, SendGrid's public key. */
  pinned: string | null;
  /** The provider's signing keys, of the setting FEEDBACK_SECRETS. */
  secrets: readonly string[];
  now: Date;
  /** Fetches a small text over https, from the public internet only, without following redirects. */
  fetchText: (url: string) => Promise<string>;
}

export interface Provider {
  /** What `feedback key` must be told before anything is accepted; left out: nothing. */
  pins?: { option: 'topic' | 'public-key'; check: (text: string) => string };
  /** It signs with a secret of FEEDBACK_SECRETS. */
  needsSecret?: true;
  /** Its 250 is no acceptance, so its word on a delivery is worth storing. */
  answersLater?: true;
  /** Verifies, then reads. Throws NotAuthentic or NotUnderstood. */
  read(request: EventRequest, sender: KnownSender): ProviderEvent[] | Promise<ProviderEvent[]>;
}

/** The signature is wrong, too old, or by somebody else. The message names no content of the request. */
export class NotAuthentic extends Error {
  override name = 'NotAuthentic';
}

/** It is signed, and not what the provider's documentation describes. */
export class NotUnderstood extends Error {
  override name = 'NotUnderstood';
}
