/** The answer of `feedback ingest` for a person. */
import type { FeedbackClass } from '../../feedback/report.ts';
import { counted } from '../text.ts';
import type { IngestedMail, IngestedRecipient } from './ingested.ts';

export interface Tally {
  mails: number;
  /** Recipients of each class. */
  classes: Map<FeedbackClass, number>;
}

const MEANING: Readonly<Record<FeedbackClass, string>> = {
  hard: 'the address is bad',
  soft: 'it may work later',
  block: 'we were refused, not the address',
  feedback: 'a complaint',
  vacation: 'an automatic reply of a person',
  other: 'no bounce',
};

export const mailText = ({ path, recipients }: IngestedMail): string =>
  [path, ...recipients.flatMap(recipientLines)].join('\n');

function recipientLines(report: IngestedRecipient): string[] {
  const { recipient, original, class: what, reason, status, delivery, action, diagnostic } = report;
  const who = `${recipient ?? 'nobody named'}${original ? ` (sent to ${original})` : ''}`;
  const code = status ? `, ${status}` : '';
  const match = delivery ? `, delivery ${delivery}` : '';
  const said = diagnostic && what !== 'other' ? [`    ${diagnostic.slice(0, 200)}`] : [];
  return [`  ${who}: ${what} (${MEANING[what]}): ${reason}${code} -> ${action}${match}`, ...said];
}

/** `209 mails: 62 hard, 86 soft` */
export const tallyText = ({ mails, classes }: Tally): string =>
  `${counted(mails, 'mail')}: ${[...classes].map(([name, n]) => `${n} ${name}`).join(', ')}`;
