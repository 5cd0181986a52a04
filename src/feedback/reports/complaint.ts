/** A reader's complaint: RFC 5965 (ARF), and the forms of Microsoft and others that have no machine-readable part. */

import { firstAddress, typedAddress } from '../mail/addresses.ts';
import { FieldCollector, field, type Headers, words } from '../mail/headers.ts';
import { type Mail, textOf } from '../mail/parts.ts';
import type { RecipientReport } from '../report.ts';

const COMPLAINT_SUBJECT =
  /^\s*(fwd?: ?)?(complaint about message from|abuse (report|complaint)|spam complaint|\[?feedback loop)/i;
const RECIPIENT_HEADERS = ['x-hmxmroriginalrecipient', 'to', 'x-original-to', 'delivered-to', 'x-rcpt-to'];

/** Null if the mail is no complaint. */
export function readComplaint(mail: Mail, returned: Headers): RecipientReport[] | null {
  const part = mail.parts.find(({ type }) => type === 'message/feedback-report');
  if (part) return fromFields(fieldsOf(textOf(part)), returned);
  if (returned.size === 0 || !isPlainComplaint(mail, returned)) return null;
  return [complaint(recipientOf(returned), 'abuse')];
}

const isPlainComplaint = (mail: Mail, returned: Headers): boolean =>
  mail.reportType === 'feedback-report' ||
  returned.has('x-hmxmroriginalrecipient') ||
  COMPLAINT_SUBJECT.test(words(mail.headers, 'subject'));

function fromFields(fields: Headers, returned: Headers): RecipientReport[] {
  const type = field(fields, 'feedback-type').trim().toLowerCase() || 'abuse';
  const named = [
    ...(fields.get('original-rcpt-to') ?? []),
    ...(fields.get('removal-recipient') ?? []),
    ...(fields.get('final-recipient') ?? []),
  ].flatMap((value) => typedAddress(value) ?? []);
  const recipients = named.length > 0 ? [...new Set(named)].slice(0, 20) : [recipientOf(returned)];
  return recipients.map((recipient) => complaint(recipient, type));
}

const complaint = (recipient: string | null, type: string): RecipientReport => ({
  recipient,
  original: null,
  class: 'feedback',
  reason: type,
  status: null,
  diagnostic: null,
});

function recipientOf(returned: Headers): string | null {
  return (
    RECIPIENT_HEADERS.map((name) => firstAddress(words(returned, name))).find((found) => found !== null) ??
    null
  );
}

function fieldsOf(text: string): Headers {
  const fields = new FieldCollector();
  for (const line of text.split('\n')) if (line.trim() !== '') fields.take(line);
  return fields.done();
}
