/** Any mail that came back to us, understood: the one door to this folder. It never throws, whatever the bytes are. */
import { classify } from '../classify/classify.ts';
import type { Rule } from '../classify/rule.ts';
import { decodeBody, toUnicode } from '../mail/decode.ts';
import type { Headers } from '../mail/headers.ts';
import { type Mail, readMail } from '../mail/parts.ts';
import type { RecipientReport, Report } from '../report.ts';
import { readAutomaticReply } from './automatic-reply.ts';
import { findClues } from './clues.ts';
import { readComplaint } from './complaint.ts';
import { readStatusGroups, type StatusGroup } from './delivery-status.ts';
import { ownText, returnedHeaders } from './returned.ts';
import { isDelayWarning, looksLikeBounce } from './signs.ts';
import { readTextRecipients } from './text-report.ts';

const STATUS_PART = /^message\/(global-)?delivery-status$/;
const MAX_STATUS_BYTES = 256 * 1024;
const MAX_DIAGNOSTIC_CHARS = 1_000;

/** `overrides`: rules asked before the built-in ones. Reads at most 1 MB. */
export function readReport(source: Uint8Array, overrides: readonly Rule[] = []): Report {
  const mail = readMail(source);
  const returned = returnedHeaders(mail);
  return { recipients: readRecipients(mail, returned, overrides), clues: findClues(mail, returned) };
}

function readRecipients(mail: Mail, returned: Headers, overrides: readonly Rule[]): RecipientReport[] {
  const complaint = readComplaint(mail, returned);
  if (complaint) return complaint;
  const own = ownText(mail);
  const groups = statusGroups(mail, own);
  if (groups.length > 0) return groups.map((group) => fromGroup(group, mail, own, returned, overrides));
  const bounce = looksLikeBounce(mail, own, returned);
  const automatic = bounce ? null : readAutomaticReply(mail, own);
  if (automatic) return [automatic];
  if (!bounce) return [nothing];
  return fromText(mail, own, returned, overrides);
}

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

function fromGroup(
  group: StatusGroup,
  mail: Mail,
  own: string,
  returned: Headers,
  overrides: readonly Rule[],
): RecipientReport {
  const named = group.recipient ?? readTextRecipients(mail, own, returned)[0]!.recipient;
  const verdict = classify({ ...group, text: own }, overrides);
  return report(named, group.original, verdict, group.diagnostic);
}

function fromText(mail: Mail, own: string, returned: Headers, overrides: readonly Rule[]): RecipientReport[] {
  const action = isDelayWarning(mail, own) ? 'delayed' : '';
  return readTextRecipients(mail, own, returned).map(({ recipient, original, cause }) => {
    const verdict = classify({ action, status: '', diagnostic: cause, text: own }, overrides);
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
