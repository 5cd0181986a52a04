/**
 * Opening connections to a relay: nodemailer knows every kind of TLS and login, nobody should write that again. The
 * logged-in socket is then handed to the hot path.
 */
import type { Socket } from 'node:net';
import { hostname } from 'node:os';
import { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Meeting, Relay, RelaySettings, Wire } from '../../delivery/ports.ts';
import { RelayDown, RelayRefusesLogin } from '../../errors.ts';
import { dkimSigner, type Signer } from './dkim.ts';
import { SmtpWire, type WireTimes } from './hand-over.ts';

export function smtpRelay(settings: RelaySettings, times: WireTimes, rehearsal = false): Relay {
  const signer = dkimSigner({ keys: settings.dkim, unsigned: settings.unsigned }, () => new Date());
  return {
    settings,
    rehearsal,
    async open() {
      const { wire } = await open(settings, times);
      return signer ? signing(wire, signer) : wire;
    },
    async meet() {
      const { wire, meeting } = await open(settings, times);
      await wire.close();
      return meeting;
    },
  };
}

/** The same connection, whose messages are signed before their mark is asked. */
function signing(wire: Wire, signer: Signer): Wire {
  return {
    async handOver(envelope, message, ...asking) {
      return wire.handOver(envelope, await signer(message), ...asking);
    },
    get usable() {
      return wire.usable;
    },
    close: () => wire.close(),
  };
}

async function open(
  settings: RelaySettings,
  times: WireTimes,
): Promise<{ wire: SmtpWire; meeting: Meeting }> {
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.tls === 'required' && !settings.secure,
    opportunisticTLS: settings.tls === 'opportunistic',
    name: ourName(),
    connectionTimeout: times.commandMs,
    greetingTimeout: times.commandMs,
    socketTimeout: times.commandMs,
    tls: { rejectUnauthorized: settings.tls === 'required' || settings.secure },
    logger: false,
  });
  try {
    await connect(connection);
    if (settings.user !== null) await login(connection, settings);
    const socket = takeSocket(connection);
    const wire = new SmtpWire(socket, times);
    await wire.greet(ourName());
    return { wire, meeting: { ...secrecyOf(socket), login: settings.user !== null, ...wire.offers } };
  } catch (error) {
    connection.close();
    throw translate(error, settings);
  }
}

function connect(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('the relay closed the connection')));
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
}

function login(connection: SMTPConnection, settings: RelaySettings): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('the relay closed the connection at login')));
    connection.login({ user: settings.user!, pass: settings.pass ?? '' }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}

/** nodemailer's listeners go, so that it neither reads our replies nor closes what is ours now. */
function takeSocket(connection: SMTPConnection) {
  const socket = connection._socket;
  if (!socket) throw new Error('the relay closed the connection');
  for (const event of ['data', 'end', 'close', 'error', 'timeout']) socket.removeAllListeners(event);
  connection.removeAllListeners();
  connection.on('error', () => {});
  return socket;
}

function secrecyOf(socket: Socket): Pick<Meeting, 'tls' | 'trusted'> {
  if (!(socket instanceof TLSSocket)) return { tls: null, trusted: null };
  return { tls: socket.getProtocol(), trusted: socket.authorized };
}

interface Failure {
  code?: string;
  /** Node's own, beneath nodemailer's. */
  originalCode?: string;
  responseCode?: number;
  message: string;
}

/** Node's codes for a certificate that we do not take: waiting mends none of them. */
const CERTIFICATE = /CERT|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$|^HOSTNAME_MISMATCH$/;

/** TLS itself could not agree. A connection that was cut meanwhile, or a 4xx to STARTTLS, is only a relay that is down. */
const HANDSHAKE = /^(ERR_SSL|ERR_TLS|EPROTO)/;

function translate(error: unknown, settings: RelaySettings): Error {
  const { code, originalCode, responseCode, message } = error as Failure;
  const where = `relay ${settings.name} (${settings.host}:${settings.port})`;
  const temporary = responseCode !== undefined && responseCode < 500;
  if (code === 'EAUTH' && !temporary)
    return new RelayRefusesLogin(`${where} refuses the login: ${message}`, { cause: error });
  const cannotTls =
    code === 'ETLS' && (responseCode === undefined ? HANDSHAKE.test(originalCode ?? '') : !temporary);
  if ((cannotTls && settings.tls === 'required') || CERTIFICATE.test(originalCode ?? ''))
    return new RelayRefusesLogin(`${where} does not give the TLS that is required: ${message}`, {
      cause: error,
    });
  return new RelayDown(`${where} cannot be reached: ${message}`, { cause: error });
}

/** RFC 5321 4.1.4: a name that could be ours; without a dot it stays as the machine says it. */
const ourName = (): string => hostname().replace(/[^A-Za-z0-9.-]/g, '-') || 'localhost';
