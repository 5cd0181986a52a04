/** One mail that came back, from whatever door: a report, or a mail that unsubscribes its person. */
import { createHash } from 'node:crypto';
import { readUnsubscribeAddress } from '../../consent/mail/mail-tokens.ts';
import type { LinkRef } from '../../consent/tokens.ts';
import { type Applied, applyReport, type FeedbackContext } from '../apply-report.ts';
import type { RecipientReport, Report } from '../report.ts';
import { readReport } from '../reports/read-report.ts';
import { type FeedbackSource, wasStored } from '../store.ts';
import { unsubscribeByMail } from './unsubscribe-by-mail.ts';

export interface ReturnedMail {
  source: Uint8Array;
  /** Of the envelope; empty where nobody knows it any more. */
  recipients: readonly string[];
  /** The door it came through. */
  by: 'imap' | 'lmtp' | 'smtp' | 'cli';
}

/** More than this is neither read nor hashed: no report says anything beyond it. */
const MAX_MAIL_BYTES = 1024 * 1024;

/** Resolves after the commit: only then may the mail be deleted, or answered with 250. */
export async function receiveMail(context: FeedbackContext, mail: ReturnedMail): Promise<Applied[]> {
  const bytes = mail.source.subarray(0, MAX_MAIL_BYTES);
  const report = readReport(bytes);
  const source = {
    name: mail.by,
    authenticated: false,
    digest: createHash('sha256').update(bytes).digest(),
  };
  const returnPaths = [...new Set([...mail.recipients, ...report.clues.returnPaths])];
  const person = whoLeaves(context, returnPaths, report);
  if (person) return [await unsubscribeOnce(context, person, source, report.recipients[0]!)];
  return applyReport(context, { ...report, clues: { ...report.clues, returnPaths } }, source);
}

/** Automatic replies and bounces leave nobody: their sender asked for nothing. */
function whoLeaves({ keys }: FeedbackContext, sentTo: readonly string[], report: Report): LinkRef | null {
  if (report.recipients.some((one) => one.class !== 'other')) return null;
  for (const address of sentTo) {
    const person = readUnsubscribeAddress(keys, address);
    if (person) return person;
  }
  return null;
}

async function unsubscribeOnce(
  context: FeedbackContext,
  person: LinkRef,
  source: FeedbackSource,
  read: RecipientReport,
): Promise<Applied> {
  const what = { ...read, reason: 'unsubscribe' };
  if (await wasStored(context.db, source.digest)) return { ...what, delivery: null, action: 'duplicate' };
  const left = await unsubscribeByMail(context, person, source, what);
  return { ...what, delivery: null, action: left ? 'unsubscribed' : 'unmatched' };
}
