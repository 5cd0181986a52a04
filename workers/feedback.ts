/**
 * The job that reads what comes back: a mailbox, by one process at a time, and mail servers of our own for the bounce
 * domain.
 */
import type { FeedbackContext } from '../src/feedback/apply-report.ts';
import { acceptsAddress } from '../src/feedback/intake/addresses.ts';
import { type MailboxReading, readMailbox } from '../src/feedback/intake/read-mailbox.ts';
import { receiveMail } from '../src/feedback/intake/receive-mail.ts';
import type { MailServer } from '../src/io/mail-server/mail-server.ts';
import type { Mailbox, MailServerSettings } from '../src/ports.ts';

/** A port that another process listens on is tried again: it may end. */
const LISTEN_AGAIN_MS = 15_000;

export interface FeedbackDoors {
  context: FeedbackContext;
  mailbox: Mailbox | null;
  bounceDomain: string | null;
  host: string;
  lmtpPort: number | null;
  smtpPort: number | null;
  listen(settings: MailServerSettings): Promise<MailServer>;
  reading?: Partial<MailboxReading>;
}

/** Resolves when everything is closed after `stopped`. */
export async function feedback(doors: FeedbackDoors, stopped: AbortSignal): Promise<void> {
  const { context, mailbox, lmtpPort, smtpPort } = doors;
  const jobs: Promise<void>[] = [];
  if (mailbox) jobs.push(readMailbox(context, mailbox, stopped, doors.reading));
  if (lmtpPort !== null) jobs.push(serve(doors, { port: lmtpPort, lmtp: true }, stopped));
  if (smtpPort !== null) jobs.push(serve(doors, { port: smtpPort, lmtp: false }, stopped));
  await Promise.all(jobs);
}

async function serve(
  { context, bounceDomain, host, listen }: FeedbackDoors,
  { port, lmtp }: { port: number; lmtp: boolean },
  stopped: AbortSignal,
): Promise<void> {
  const { keys, clock, log } = context;
  const by = lmtp ? 'lmtp' : 'smtp';
  const settings: MailServerSettings = {
    host,
    port,
    lmtp,
    accepts: (address) => acceptsAddress(keys, address, bounceDomain),
    async handle(source, recipients) {
      await receiveMail(context, { source, recipients, by });
    },
  };
  for (let warned = false; !stopped.aborted; await clock.sleep(LISTEN_AGAIN_MS, stopped)) {
    const server = await listen(settings).catch((error: Error) => {
      if (!warned)
        log.warn({ port, error: error.message }, `cannot take bounces by ${by} here; trying again`);
      warned = true;
      return null;
    });
    if (!server) continue;
    log.info({ port: server.port }, `taking bounces by ${by}`);
    await new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve(), { once: true }));
    return server.close();
  }
}
