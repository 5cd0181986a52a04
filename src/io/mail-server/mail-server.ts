/**
 * The mail server of the bounce domain, by SMTP (for an MX record) or LMTP (behind a mail server of the house). It takes
 * what is addressed to a signed address of ours, refuses everything else at RCPT, and answers 250 only after the commit.
 */
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Log, MailServerSettings } from '../../ports.ts';

/** Announced as SIZE. A bounce may return all of a large mail. */
const MAX_MAIL_BYTES = 10 * 1024 * 1024;
/** What is kept of it in memory: a report stands at the beginning. */
const MAX_KEPT_BYTES = 1024 * 1024;
const MAX_CONNECTIONS = 50;
const IDLE_MS = 60_000;
/** On close, a connection in the middle of a mail gets this long to finish. */
const CLOSE_MS = 5_000;

export interface MailServer {
  port: number;
  close(): Promise<void>;
}

/** Rejects when it cannot listen there. */
export async function startMailServer(settings: MailServerSettings, log: Log): Promise<MailServer> {
  const server = new SMTPServer({
    lmtp: settings.lmtp,
    banner: 'Postrider takes bounces here',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    size: MAX_MAIL_BYTES,
    rejectOversized: true,
    maxClients: MAX_CONNECTIONS,
    socketTimeout: IDLE_MS,
    closeTimeout: CLOSE_MS,
    logger: false,
    onRcptTo({ address }, _session, answer) {
      answer(settings.accepts(address) ? null : smtpError(550, 'no such address here'));
    },
    onData(stream, session, answer) {
      receive(settings, log, stream, session).then(
        () => answer(null, 'done'),
        (error: Error) => answer(error),
      );
    },
  });
  server.on('error', (error) =>
    log.debug({ error: error.message }, 'a connection to the mail server failed'),
  );
  const port = await listen(server, settings);
  return { port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

function listen(server: SMTPServer, { host, port }: MailServerSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}

async function receive(
  settings: MailServerSettings,
  log: Log,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<void> {
  const source = await readMail(stream);
  try {
    await settings.handle(
      source,
      session.envelope.rcptTo.map(({ address }) => address),
    );
  } catch (cause) {
    log.warn(
      { error: (cause as Error).message },
      'a mail that came back could not be stored; its sender tries again',
    );
    throw smtpError(451, 'cannot be stored right now, try again later', cause);
  }
}

async function readMail(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < MAX_KEPT_BYTES) chunks.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

/** smtp-server answers with the error's `responseCode` and message. */
function smtpError(responseCode: number, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { responseCode });
}
