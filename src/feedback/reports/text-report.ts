/**
 * Reports without a machine-readable part: qmail, Exim, Domino, providers of their own kind. What they have in common is
 * used, not what each looks like: the failed address stands in a line of its own or after certain words, and the cause
 * stands near it.
 */
import { addressesIn, sameAddress } from '../mail/addresses.ts';
import { field, type Headers, words } from '../mail/headers.ts';
import type { Mail } from '../mail/parts.ts';

const MAX_RECIPIENTS = 20;
const MAX_LINES = 400;
const MAX_CAUSE_LINES = 15;

export interface TextRecipient {
  recipient: string | null;
  /** The address that an alias replaced. */
  original: string | null;
  /** The lines about it; an empty string where the report has none of its own for it. */
  cause: string;
}

/** `<ann@example.org>:`, `  ann@example.org`, `To: ann@example.org`, `RCPT TO:<ann@example.org>`, `>>> ann@example.org` */
const LEADING =
  /^[\s>*|"'=-]{0,40}(?:(?:to|recipient|address|rcpt to|user|email|failed|e-mail)\s{0,3}:\s{0,3}|[45]\d\d[ -])?[<"'[(]{0,2}(?=\S{1,200}@)/i;
/** An address that nobody else's reason can bring into a line of its own. */
const ALONE = /^\s*(?:<[^<>\s]{1,320}@[^<>\s]{1,255}>:?|[^<>\s:;,]{1,320}@[^<>\s:;,]{1,255}:?)\s*$/;
const NAMING =
  /(deliver|undeliverable|mailing list|fail|recipient|unable|could not|can ?not|not be sent|address|unknown|mailbox|rejected|bounce|reach|user|sent to|account|quota|full|return|zugestellt|empf|destinat|收件人|退信|宛先|получател)/iu;
/** Lines that name somebody else: whom to ask, who sent it. */
const SOMEBODY_ELSE =
  /(contact|assistance|please (e-?mail|write|forward|call|send)|questions?|postmaster|administrator|support@|help ?desk|abuse@|^\s*(from|sender|return-path|reply-to|cc|reporting-mta|original sender|von|de|message-id)\s*:|envelope-from|mail from|message-id|sent by|\bfrom:? ?<|f=\[|mailto:|to the address\b|-ctl@|-request@)/i;
const EXPANDED_FROM = /\((?:generated|expanded) from:? <?([^\s<>()]{1,320})>?\)/i;

/** Whom the report is about, and what it says about each. At least one entry. */
export function readTextRecipients(mail: Mail, own: string, returned: Headers): TextRecipient[] {
  const lines = linesOf(own);
  const found = failedAddresses(mail, lines, returned).slice(0, MAX_RECIPIENTS);
  if (found.length === 0) return [{ recipient: null, original: null, cause: '' }];
  return found.map((recipient) => {
    const cause = causeIn(lines, recipient, found);
    const original = EXPANDED_FROM.exec(cause)?.[1] ?? null;
    return { recipient, original: original?.includes('@') ? original : null, cause };
  });
}

/** What the text says about one of the recipients that a report names elsewhere. */
export const causeOf = (own: string, recipient: string, all: readonly string[]): string =>
  causeIn(linesOf(own), recipient, all);

/**
 * What the server that refused said, where the text tells it apart: Sendmail's `(reason: ...)`, else the `<<<` lines of a
 * transcript. Sendmail itself writes `550 5.1.1 ... User unknown` below whatever was said. An empty string: not told.
 */
export function serverWords(cause: string): string {
  const reason = /\(reason: ([^\n]{5,1000}?)\)\s*$/m.exec(cause)?.[1];
  if (reason !== undefined) return reason;
  const answers = cause.split('\n').filter((line) => /^\s*(<<<|Received >>>|<--) [45]\d\d/.test(line));
  return answers.map((line) => line.replace(/^[^45]+/, '')).join(' ');
}

const linesOf = (own: string): string[] => own.split('\n').slice(0, MAX_LINES);

function failedAddresses(mail: Mail, lines: readonly string[], returned: Headers): string[] {
  const said = distinct((mail.headers.get('x-failed-recipients') ?? []).flatMap(addressesIn));
  const excluded = ourAddresses(mail, returned);
  const allowed = (address: string): boolean =>
    !excluded.has(address.toLowerCase()) &&
    !/^(postmaster|mailer-daemon|abuse|double-bounce)@/i.test(address);
  const telling = lines.filter((line) => !SOMEBODY_ELSE.test(line.replace(EXPANDED_FROM, '')));
  const first = (line: string): string[] =>
    addressesIn(/<([^<>\s]{1,320}@[^<>\s]{1,255})>:/.exec(line)?.[1] ?? line).slice(0, 1);
  const leading = distinct(
    telling
      .filter((line) => LEADING.test(line))
      .flatMap(first)
      .filter(allowed),
  );
  if (leading.length > 0) return said.filter((one) => leading.includes(one)).length > 0 ? said : leading;
  if (said.length > 0) return said;
  const alone = distinct(lines.filter((line) => ALONE.test(line)).flatMap(first));
  if (alone.length > 0) return alone;
  const naming = distinct(
    telling
      .filter((line) => NAMING.test(line))
      .flatMap(first)
      .filter(allowed),
  );
  if (naming.length > 0) return preferSentTo(naming, returned);
  const any = [
    ...telling.flatMap(addressesIn),
    ...addressesIn(words(returned, 'to')),
    ...addressesIn(field(mail.headers, 'x-original-to')),
  ];
  return any.filter(allowed).slice(0, 1);
}

/** If the mail's own `To` is among them, the others are only quoted. */
function preferSentTo(candidates: string[], returned: Headers): string[] {
  const to = addressesIn(words(returned, 'to'));
  const sent = candidates.filter((one) => to.some((other) => sameAddress(one, other)));
  return sent.length > 0 ? sent : candidates;
}

/** Addresses of the sender and of the report's writer. */
function ourAddresses(mail: Mail, returned: Headers): Set<string> {
  const values = [
    ...['to', 'from', 'sender', 'reply-to', 'delivered-to', 'return-path', 'envelope-to'].map((name) =>
      field(mail.headers, name),
    ),
    ...['from', 'return-path', 'sender', 'reply-to'].map((name) => field(returned, name)),
  ];
  return new Set(values.flatMap(addressesIn).map((address) => address.toLowerCase()));
}

/**
 * From the address's line to the next recipient's, or to the end of the paragraphs about it. In the transcript of an
 * SMTP session the server's words stand above.
 */
function causeIn(lines: readonly string[], recipient: string, all: readonly string[]): string {
  const names = (line: string, one: string): boolean => line.toLowerCase().includes(one.toLowerCase());
  const at = lines.findIndex((line) => names(line, recipient));
  if (at < 0) return '';
  const rest = lines.slice(at, at + MAX_CAUSE_LINES);
  const next = rest.findIndex(
    (line, index) =>
      index > 0 && !names(line, recipient) && all.some((one) => one !== recipient && names(line, one)),
  );
  const above = lines.slice(Math.max(0, at - 3), at).filter((line) => /^\s*<<< /.test(line));
  return [...above, ...(next < 0 ? rest : rest.slice(0, next))].join('\n');
}

function distinct(addresses: readonly string[]): string[] {
  const byKey = new Map(addresses.map((address) => [address.toLowerCase(), address]));
  return [...byKey.values()];
}
