/**
 * The edition: an issue rendered and frozen for sending. `subject`, `html` and `text` are Handlebars templates
 * that contain only slots (`reader.*`, `link.*`, also inside block helpers such as `{{#if reader.name}}`); everything
 * else was resolved by rendering. An edition is never edited; a change makes a new one.
 */

/** Rendered once per issue (or per service mail kind and language); stored as JSON; immutable. */
export interface Edition {
  language: string;
  subject: string;
  /** A slot-only template, like the subject; `html` begins with it too. */
  preheader: string;
  /** Slot-only Handlebars template of the HTML part (CSS inlined). Escapes slot values as HTML. */
  html: string;
  /** Like `html`, for the archive; only present if the mail was shortened (`clip: auto`). */
  page?: string;
  /** Slot-only Handlebars template of the text part. Slot values are not escaped. */
  text: string;
  /** Every slot path used, sorted, e.g. `['link.unsubscribe', 'reader.name']`. */
  slots: readonly string[];
  from: Mailbox;
  replyTo: Mailbox | null;
  /** `List-Id` label and domain, e.g. `weekly.example.org`; null for a service mail. */
  listId: string | null;
  listName: string;
  /** https URI of the public archive of the newsletter, or null. */
  archiveUrl: string | null;
  /** `Feedback-ID` value or null. */
  feedbackId: string | null;
  /** Further fixed headers (e.g. `Auto-Submitted: auto-generated` on service mails). */
  headers: Readonly<Record<string, string>>;
  /** SHA-256 (hex) of all the above, in a canonical order. */
  hash: string;
}

/**
 * Asks Exchange and Outlook for no out-of-office notes and no receipts. Not `All`: we want reports that a mail could not
 * be delivered (NDR).
 */
export const NO_AUTO_REPLIES = { 'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply' } as const;

export interface Mailbox {
  name: string;
  address: string;
}

/** What slots may say about the reader. */
export interface Reader {
  email: string;
  name: string | null;
  language: string | null;
  attributes: Readonly<Record<string, string>>;
}

/** The values of the slots `link.*`, also used by the headers. All are absolute URLs. */
export interface Links {
  /** The page in the archive. */
  view?: string;
  /** The https address of the unsubscribe page, which also answers one-click requests. */
  unsubscribe?: string;
  /** `mailto:`, for the header only. */
  unsubscribeByMail?: string;
  preferences?: string;
  /** Service mails only. `action`: the button of a notice. */
  action?: string;
  confirm?: string;
  /** For "It was not me". */
  reject?: string;
}

/** Everything that differs between two messages of one edition. */
export interface Fill {
  to: Mailbox;
  reader: Reader;
  links: Links;
  /** Without angle brackets; stable per delivery. */
  messageId: string;
  /** Signed delivery id, `X-Postrider-Id`. Null for test messages. */
  deliveryId: string | null;
  date: Date;
}
