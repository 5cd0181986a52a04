/**
 * Reads the mailbox that bounces arrive in, as long as the program runs. One process at a time does, the one that holds
 * an advisory lock of the database; when it ends, another takes over. Two at once would do no harm, only double work.
 */
import { createHash } from 'node:crypto';
import { isDatabaseAway } from '../../db/faults.ts';
import type { Mailbox, MailVerdict } from '../../ports.ts';
import type { Applied, FeedbackContext } from '../apply-report.ts';
import { MAILBOX_LOCK, whileLocked } from '../while-locked.ts';
import { receiveMail } from './receive-mail.ts';

export interface MailboxReading {
  /** Between attempts to become the process that reads. */
  lockMs: number;
  /** The first pause after a broken connection; it doubles up to `maxPauseMs`. */
  pauseMs: number;
  maxPauseMs: number;
}

const USUAL: MailboxReading = { lockMs: 10_000, pauseMs: 2_000, maxPauseMs: 5 * 60_000 };
/** A mail that fails this often is moved aside. */
const MAX_TRIES = 3;

export async function readMailbox(
  context: FeedbackContext,
  mailbox: Mailbox,
  stopped: AbortSignal,
  reading: Partial<MailboxReading> = {},
): Promise<void> {
  const { clock, log } = context;
  const { lockMs, pauseMs, maxPauseMs } = { ...USUAL, ...reading };
  const tries = new Map<string, number>();
  const read = async (signal: AbortSignal) => {
    log.info({ mailbox: mailbox.name }, 'reading the mailbox that bounces arrive in');
    await mailbox.read((source) => handleMail(context, source, tries), signal);
  };
  for (let pause = pauseMs; !stopped.aborted; ) {
    const from = clock.monotonic();
    try {
      if (!(await whileLocked(context, { lock: MAILBOX_LOCK, checkMs: lockMs }, stopped, read))) {
        await clock.sleep(lockMs, stopped);
        continue;
      }
    } catch (error) {
      log.warn(
        { mailbox: mailbox.name, error: (error as Error).message },
        'the mailbox that bounces arrive in cannot be read; trying again',
      );
    }
    if (clock.monotonic() - from > maxPauseMs) pause = pauseMs;
    await clock.sleep(pause, stopped);
    pause = Math.min(pause * 2, maxPauseMs);
  }
}

/** Rejects to have the mail read again later: nothing of it is lost. */
async function handleMail(
  context: FeedbackContext,
  source: Uint8Array,
  tries: Map<string, number>,
): Promise<MailVerdict> {
  try {
    return verdictOn(await receiveMail(context, { source, recipients: [], by: 'imap' }));
  } catch (error) {
    if (isDatabaseAway(error)) throw error;
    const key = createHash('sha256').update(source).digest('base64');
    const tried = (tries.get(key) ?? 0) + 1;
    if (tried < MAX_TRIES) {
      tries.set(key, tried);
      throw error;
    }
    tries.delete(key);
    context.log.error(
      { error: (error as Error).message },
      'a mail that came back cannot be handled; moved it aside',
    );
    return 'aside';
  }
}

/** What is no report may be a person's mail, so it stays. */
const verdictOn = (applied: readonly Applied[]): MailVerdict => (applied.some(isReport) ? 'done' : 'keep');

const isReport = (one: Applied): boolean =>
  one.class !== 'other' ||
  one.reason === 'unsubscribe' ||
  (one.reason !== 'no-report' && one.delivery !== null);
