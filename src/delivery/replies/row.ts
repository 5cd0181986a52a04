/** The shape of a row of the reply table: a real reply, what is always in it, whom it is about and what it means. */

/**
 * What a reply speaks of, and so who waits for it: one delivery (`address`, `message`), nobody (`connection`: the
 * delivery goes back untried and is handed over on a fresh one), everybody behind the relay (`relay`: what it takes
 * of us in a span of time), the whole issue (`sender`: a person has to mend something), or the lane (`provider`: the
 * patience of the recipient's provider).
 */
export type Subject = 'address' | 'message' | 'connection' | 'relay' | 'sender' | 'provider';

/** Why a delivery was refused; `needs-smtputf8`: the address has letters that some relay on the way cannot carry. */
export type RefusalReason = 'address' | 'mailbox-full' | 'policy' | 'content' | 'needs-smtputf8' | 'refused';

/** In which a relay counts what it takes of us. */
export type QuotaSpan = 'minute' | 'hour' | 'day';

interface QuotedReply {
  /** Word for word as a server said it, with addresses, names and numbers of its own replaced. */
  reply: string;
  /** Who saw or wrote it: a server and its version, a provider's page, a public bug report. */
  source: string;
  /**
   * Matched, whatever the case, against `code enhanced text` on one line, in which every address is `x@y`:
   * `550 5.1.1 <x@y>: User unknown`.
   */
  pattern: RegExp;
}

/** Only `address` speaks against a reader later, so it asks for words that cannot mean anything else. */
interface AddressRow extends QuotedReply {
  about: 'address';
  /**
   * `greylisted`: come again later, which is a throttle of the provider only where it is said again to those who
   * have waited (RFC 6647).
   */
  means: 'address' | 'mailbox-full' | 'needs-smtputf8' | 'refused' | 'temporary' | 'greylisted';
}

interface MessageRow extends QuotedReply {
  about: 'message';
  means: 'content';
}

interface ProviderRow extends QuotedReply {
  about: 'provider';
  means: 'throttled';
  /** How long its lane is held, in minutes; 10 where nothing is said. */
  hold?: number;
  /** Afterwards the lane begins with one connection instead of half. */
  from?: 'one';
}

interface RelayRow extends QuotedReply {
  about: 'relay';
  means: 'backoff';
  /** `minute`: it wants us slower; `hour`, `day`: what it takes of us in that time is used up. */
  span: QuotaSpan;
}

/** Something about us: our login, name, address, or health. */
interface SenderRow extends QuotedReply {
  about: 'sender';
  /** `stop`: nothing more of the issue goes to this relay until a person has mended it. `policy`: this provider's view of us. */
  means: 'stop' | 'policy' | 'temporary';
  /**
   * With `stop`, where the words can also be about one recipient: what they mean of that one, while the relay takes
   * the mail of others.
   */
  ofOne?: RefusalReason;
}

export type ReplyRow = AddressRow | MessageRow | ProviderRow | RelayRow | SenderRow;
