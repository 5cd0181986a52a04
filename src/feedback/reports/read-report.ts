/** Any mail that came back to us, understood: the one door to this folder. It never throws, whatever the bytes are. */
import { classify } from '../classify/classify.ts';
import { decodeBody, toUnicode } from '../mail/decode.ts';
import { field, type Headers } from '../mail/headers.ts';
import { type Mail, readMail } from '../mail/parts.ts';
import type { RecipientReport, Report } from '../report.ts';
import { readAutomaticReply, readReceipt } from './automatic-reply.ts';
import { findClues } from './clues.ts';
import { readComplaint } from './complaint.ts';
import { readStatusGroups, type StatusGroup } from './delivery-status.ts';
import { type NotifiedBounce, readNotification } from './notification.ts';
import { ownText, type Returned, readReturned } from './returned.ts';
import { isDelayWarning, looksLikeBounce } from './signs.ts';
import { causeOf, readTextRecipients, serverWords } from './text-report.ts';

const STATUS_PART = /^message\/(global-)?delivery-status$/;
const MAX_STATUS_BYTES = 256 * 1024;
const MAX_DIAGNOSTIC_CHARS = 1_000;

/** Reads at most 1 MB. */
export function readReport(source: Uint8Array): Report {
  const mail = readMail(source);
  const returned = readReturned(mail);
  return { recipients: readRecipients(mail, returned), clues: findClues(mail, returned.headers) };
}

function readRecipients(
  mail: Mail,
  { headers: returned, text }: Returned,
  nested = false,
): RecipientReport[] {
  const complaint = readComplaint(mail, returned);
  if (complaint) return complaint;
  const receipt = readReceipt(mail);
  if (receipt) return [receipt];
  const own = ownText(mail);
  const notified = readNotification(own);
  if (notified?.kind === 'complaint') return notified.recipients;
  if (notified) return notified.recipients.map(fromNotification);
  const groups = statusGroups(mail, own);
  if (groups.length > 0) return fromGroups(groups, mail, own, returned);
  const bounce = looksLikeBounce(mail, own, returned);
  const found = bounce ? fromText(mail, own, returned) : [readAutomaticReply(mail, own) ?? nothing];
  if (found[0]?.recipient === null && !nested && isReport(returned)) return readForwarded(text);
  return found;
}

/** A report that somebody, or a mail server that knows no better, sent on whole. */
function readForwarded(text: string): RecipientReport[] {
  const mail = readMail(Buffer.from(text));
  return readRecipients(mail, readReturned(mail), true);
}

const isReport = (returned: Headers): boolean =>
  returned.has('x-failed-recipients') || /^multipart\/report/i.test(field(returned, 'content-type'));

/** Some writers lose the part's type or put its fields into the text. */
function statusGroups(mail: Mail, own: string): StatusGroup[] {
  const parts = mail.parts.filter(({ type }) => STATUS_PART.test(type));
  const texts = parts.map((part) =>
    toUnicode(decodeBody(part.headers, part.body, MAX_STATUS_BYTES), 'utf-8'),
  );
  const found = texts.flatMap(readStatusGroups);
  if (found.length > 0) return found;
  return readStatusGroups(own).filter(({ recipient, action }) => recipient !== null && action !== '');
}

function fromGroups(groups: StatusGroup[], mail: Mail, own: string, returned: Headers): RecipientReport[] {
  const all = groups.flatMap(({ recipient }) => recipient ?? []);
  return groups.map((group) => {
    const recipient = group.recipient ?? readTextRecipients(mail, own, returned)[0]!.recipient;
    const cause = recipient === null ? '' : causeOf(own, recipient, all);
    return report(
      recipient,
      group.original,
      classify({ ...group, diagnostic: group.diagnostic || serverWords(cause), cause, text: own }),
      group.diagnostic || cause,
    );
  });
}

const fromNotification = ({ recipient, status, diagnostic }: NotifiedBounce): RecipientReport =>
  report(
    recipient,
    null,
    classify({ action: 'failed', status, diagnostic, cause: '', text: '' }),
    diagnostic,
  );

function fromText(mail: Mail, own: string, returned: Headers): RecipientReport[] {
  const action = isDelayWarning(mail, own) ? 'delayed' : '';
  return readTextRecipients(mail, own, returned).map(({ recipient, original, cause }) => {
    const verdict = classify({ action, status: '', diagnostic: serverWords(cause), cause, text: own });
    return report(recipient, original, verdict, cause);
  });
}

const report = (
  recipient: string | null,
  original: string | null,
  { class: feedbackClass, reason, status }: ReturnType<typeof classify>,
  diagnostic: string,
): RecipientReport => ({
  recipient,
  original,
  class: feedbackClass,
  reason,
  status,
  diagnostic: diagnostic.replace(/\s+/g, ' ').trim().slice(0, MAX_DIAGNOSTIC_CHARS) || null,
});

const nothing: RecipientReport = {
  recipient: null,
  original: null,
  class: 'other',
  reason: 'no-report',
  status: null,
  diagnostic: null,
};
