/**
 * The edition: an issue rendered and frozen for sending. `subject`, `html` and `text` are Handlebars templates
 * that contain slots only (`reader.*`, `link.*`, also inside block helpers such as `{{#if reader.name}}`);
 * everything else was resolved when it was rendered. An edition is never edited; a change makes a new one.
 */

/** Rendered once per issue (or per service mail kind and language); stored as JSON; immutable. */
export interface Edition {
  language: string;
  subject: string;
  /** Slot-only template, as the subject; it stands at the top of `html` too. */
  preheader: string;
  /** Slot-only Handlebars template of the HTML part (CSS inlined). Escapes slot values as HTML. */
  html: string;
  /** As `html`, for the archive, where the mail was cut short (`clip: auto`); else it is not there. */
  page?: string;
  /** Slot-only Handlebars template of the text part. Slot values stand as they are. */
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
 * Exchange and Outlook are to send neither an out-of-office note nor receipts; a report that a mail could not be
 * delivered (NDR) is wanted, so not `All`.
 */
export const NO_AUTO_REPLIES = { 'X-Auto-Response-Suppress': 'DR, RN, NRN, OOF, AutoReply' } as const;

export interface Mailbox {
  name: string;
  address: string;
}

/** What a slot may say of the person who reads. */
export interface Reader {
  email: string;
  name: string | null;
  language: string | null;
  attributes: Readonly<Record<string, string>>;
}

/** What slots `link.*` resolve to, and what the headers carry. All are absolute URLs. */
export interface Links {
  /** The page in a browser (archive). */
  view?: string;
  /** https URI of the one-click endpoint and of the page behind it. */
  unsubscribe?: string;
  preferences?: string;
  /** Service mails only. */
  confirm?: string;
  /** "It was not me". */
  reject?: string;
}

/** All that differs between two messages of one edition. */
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
