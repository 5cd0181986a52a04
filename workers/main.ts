/** The worker role of the program: starts the jobs of one process, and drains them at its end. */
import type { Program } from '../src/bootstrap.ts';
import { readsFeedbackMail } from '../src/config/config.ts';
import { Composers } from '../src/delivery/worker/composers.ts';
import { type FeedbackDoors, feedback } from './feedback.ts';
import { refusedAddresses } from './refused-addresses.ts';
import { type RunningWorker, startWorker } from './start-worker.ts';

export type { RunningWorker } from './start-worker.ts';

/** An idle relay connection is closed after this. */
const IDLE_MS = 20_000;

export async function runWorker(program: Program): Promise<RunningWorker> {
  const { config, db, keys, emails, wakeUps, pace, relays, mxResolver, clock, log } = program;
  const worker = await startWorker({
    db,
    wakeUps,
    pace,
    relays,
    mxResolver,
    clock,
    log,
    composers: new Composers({
      db,
      keys,
      emails,
      clock,
      publicUrl: config.publicUrl,
      bounceDomain: config.bounceDomain,
      unsubscribeDomain: readsFeedbackMail(config) ? config.bounceDomain : null,
    }),
    times: { ...config.times, idleMs: IDLE_MS },
    retention: { keys, keep: config.keep },
  });
  const stopped = new AbortController();
  const reading = [refusedAddresses({ db, keys, clock, log }, config.times.sweepMs, stopped.signal)];
  if (readsFeedbackMail(config)) reading.push(feedback(await openDoors(program), stopped.signal));
  return {
    async stop() {
      stopped.abort();
      await Promise.all([...reading, worker.stop()]);
    },
  };
}

async function openDoors({ config, db, keys, clock, log }: Program): Promise<FeedbackDoors> {
  const { startMailServer } = await import('../src/io/mail-server/mail-server.ts');
  const { imapMailbox, readMailboxUrl } = await import('../src/io/imap/mailbox.ts');
  const url = config.feedbackImapUrl;
  return {
    context: { db, keys, clock, log },
    mailbox: url === null ? null : imapMailbox(readMailboxUrl(url)),
    bounceDomain: config.bounceDomain,
    host: config.feedbackHost ?? config.host,
    lmtpPort: config.feedbackLmtpPort,
    smtpPort: config.feedbackSmtpPort,
    listen: (settings) => startMailServer(settings, log),
  };
}
