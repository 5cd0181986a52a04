/**
 * The SMTP server of the built-in inbox. It accepts whatever this machine sends, stores it to be looked at, and relays
 * nothing. A mail is answered with 250 only after it is committed, so the sender's ledger and the inbox agree even when
 * the process dies in between.
 */
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Db } from '../../db/connection.ts';
import type { Log } from '../../ports.ts';
import { displayText, headerValue, parseHeaders } from './mail-headers.ts';
import { MailStore } from './mail-store.ts';

/** Larger mails are refused. Announced as SIZE (RFC 1870). */
const MAX_MAIL_BYTES = 10 * 1024 * 1024;
/** Of a subject in the list. */
const MAX_SUBJECT_CHARACTERS = 500;
/** A pooled connection may stay idle this long between two mails. */
const IDLE_MS = 10 * 60_000;
/** On close, a connection in the middle of a mail gets this long to finish. */
const CLOSE_MS = 1_000;

export interface CatchAll {
  /** The port on 127.0.0.1 that it listens on. */
  port: number;
  close(): Promise<void>;
}

/** Starts the server on a free port of 127.0.0.1. Several may run at once: all write to one table. */
export async function startCatchAll({ db, log }: { db: Db; log: Log }): Promise<CatchAll> {
  const store = new MailStore(db, log);
  const server = new SMTPServer({
    banner: 'Postrider inbox: a rehearsal, nothing is delivered',
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: false,
    size: MAX_MAIL_BYTES,
    socketTimeout: IDLE_MS,
    closeTimeout: CLOSE_MS,
    logger: false,
    onData(stream, session, answer) {
      receive(store, stream, session).then(
        (reply) => answer(null, reply),
        (error: Error) => answer(error),
      );
    },
  });
  server.on('error', (error) => log.warn({ err: error }, 'inbox: a connection failed'));
  const port = await listen(server);
  return {
    port,
    async close() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await store.close();
    },
  };
}

function listen(server: SMTPServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.server.off('error', reject);
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}

/** Stores one mail and resolves with the text of its 250; rejects with the error that makes another reply. */
async function receive(store: MailStore, stream: SMTPServerDataStream, session: SMTPServerSession) {
  const source = await readMail(stream);
  if (stream.sizeExceeded) throw smtpError(552, `larger than ${MAX_MAIL_BYTES} octets`);
  const { mailFrom, rcptTo } = session.envelope;
  const mail = {
    mail_from: mailFrom ? mailFrom.address : '',
    rcpt_to: rcptTo.map((to) => to.address).join(', '),
    subject: displayText(headerValue(parseHeaders(source), 'subject'), MAX_SUBJECT_CHARACTERS),
    source,
  };
  try {
    return `kept as mail ${await store.store(mail)}`;
  } catch (cause) {
    throw smtpError(451, 'the inbox cannot be written right now', cause);
  }
}

/** The mail, up to the largest size: a larger one is read to its end without being kept in memory. */
async function readMail(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_MAIL_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** smtp-server answers with the error's `responseCode` and message. */
function smtpError(responseCode: number, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { responseCode });
}
