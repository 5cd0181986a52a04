/** What a mail that came back says: the common language of the parser, the policy and the providers' events. */

/**
 * What a report means for the address it names. Only `hard` (the address is bad) and `feedback` (a complaint) suppress.
 * `block`: refused for the sender, authentication, reputation, content or policy; the address is good. `soft`: full,
 * slow, expired, network, size. `vacation`: an automatic reply of a person. `other`: delay warnings, challenges, mails
 * that report nothing.
 */
export type FeedbackClass = 'hard' | 'soft' | 'block' | 'feedback' | 'vacation' | 'other';

export interface RecipientReport {
  /** The address that the report names; null where it names none. */
  recipient: string | null;
  /** The address that the mail was first sent to, where the report says so (Original-Recipient). */
  original: string | null;
  class: FeedbackClass;
  /** A word for the cause: `user-unknown`, `mailbox-full`, `delayed`, `abuse`, ... */
  reason: string;
  /** The enhanced status code that decided, `5.1.1`; null where there was none. */
  status: string | null;
  /** The reply of the server that refused, on one line of at most 1 KB. */
  diagnostic: string | null;
}

/**
 * Where a report names one of our messages. Nothing of it is trusted before its signature is checked or the ledger
 * knows it.
 */
export interface Clues {
  /** Values of `X-Postrider-Id`. */
  deliveryTokens: string[];
  /** Addresses of ours that the report was sent to: the signed return path of a delivery. */
  returnPaths: string[];
  /** Without angle brackets. */
  messageIds: string[];
  /** The relay's own ids of the message, as its reply to the final dot gave them. Only providers' events have them. */
  relayIds?: string[];
}

export interface Report {
  /** At least one; a mail that names nobody has one with `recipient: null`. */
  recipients: RecipientReport[];
  clues: Clues;
}
