/**
 * Opens a connection to a relay. nodemailer knows every kind of TLS and login, so we do not write that ourselves. There
 * is one EHLO in plaintext, one within TLS and none after the login (RFC 3207 4.2; RFC 4954 4: the earlier capabilities
 * still hold), and one deadline for everything, however slowly the relay sends. If TLS is opportunistic and there is no
 * login, a failed handshake leads to a new connection in plaintext (RFC 7435 3). If the handshake tried to resume a
 * session, a full handshake is tried first.
 */
import type { Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { AuthMechanism, RelaySettings } from '../../ports.ts';
import type { SmtpTimes } from './hand-over.ts';
import { heloName } from './helo-name.ts';
import { type LoginMechanisms, login, TOKEN_LOGIN, tokenLogin } from './login.ts';
import type { CachedSession, TlsSessionCache } from './tls-sessions.ts';

export interface OpenedConnection {
  /** Secured and logged in, with no listeners left on it. */
  socket: Socket;
  /** The relay's last reply to EHLO, without its first line; empty where it knows only HELO. */
  lines: readonly string[];
  /** Our name in EHLO. */
  helo: string;
}

/** The relay refused every mechanism; the message gives each with its reply. */
export class LoginRefused extends Error {
  override name = 'LoginRefused';
}

/** What nodemailer knows about the relay's EHLO reply, but does not publish. */
interface NodemailerState {
  _ehloLines?: readonly string[];
  _supportedAuth: readonly string[];
}

/**
 * Rejects with nodemailer's errors, with `LoginRefused`, or with an Error that says how long it took. `sessions` must
 * belong to exactly these settings: a resumed session skips the certificate checks that they require.
 */
export async function openConnection(
  settings: RelaySettings,
  times: SmtpTimes,
  logins: LoginMechanisms,
  sessions: TlsSessionCache,
): Promise<OpenedConnection> {
  const deadline = performance.now() + times.commandMs;
  const refusals: Refusals = new Map();
  let plaintext = false;
  let fullHandshake = false;
  for (;;) {
    const refused = refusals.size;
    const session = plaintext || fullHandshake ? null : sessions.offer();
    const connection = createConnection(settings, times, plaintext, session);
    try {
      return await withDeadline(connection, deadline - performance.now(), times.commandMs, async () => {
        await connect(connection);
        if (connection._socket) sessions.keep(connection._socket, session);
        if (settings.user !== null) await logIn(connection, settings, logins, refusals);
        return detach(connection);
      });
    } catch (error) {
      connection.close();
      if (session) sessions.drop(session);
      if (session && isHandshakeError(error)) {
        fullHandshake = true;
        continue;
      }
      if (!plaintext && mayFallBackToPlaintext(error, settings)) {
        plaintext = true;
        continue;
      }
      // Many relays close after a refused login: the remaining mechanisms need a new connection.
      if (refusals.size === refused || error instanceof LoginRefused)
        throw refusals.size > 0 ? loginRefused(refusals) : error;
    }
  }
}

type Refusals = Map<AuthMechanism, Error>;

function loginRefused(refusals: Refusals): LoginRefused {
  const mechanismReplies = [...refusals].map(([mechanism, { message }]) => `${mechanism}: ${message}`);
  return new LoginRefused(mechanismReplies.join('; '), { cause: [...refusals.values()].at(-1) });
}

/** TLS itself failed. A connection that was cut, or a 4xx to STARTTLS, only means that the relay is down. */
export const HANDSHAKE_ERROR = /^(ERR_SSL|ERR_TLS|EPROTO)/;

/** Also where the relay's alert comes after our side has finished the handshake (TLS 1.3). */
function isHandshakeError(error: unknown): boolean {
  const { responseCode, originalCode } = error as { responseCode?: number; originalCode?: string };
  return responseCode === undefined && HANDSHAKE_ERROR.test(originalCode ?? '');
}

/** Never with a password, which would go out in plaintext too. */
const mayFallBackToPlaintext = (error: unknown, { tls, user }: RelaySettings): boolean =>
  tls === 'opportunistic' && user === null && isHandshakeError(error);

function createConnection(
  settings: RelaySettings,
  times: SmtpTimes,
  plaintext: boolean,
  session: CachedSession | null,
): SMTPConnection {
  const { auth } = settings;
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.tls === 'required' && !settings.secure,
    opportunisticTLS: settings.tls === 'opportunistic',
    ignoreTLS: plaintext,
    connectionTimeout: times.commandMs,
    greetingTimeout: times.commandMs,
    socketTimeout: times.commandMs,
    tls: {
      rejectUnauthorized: settings.tls === 'required' || settings.secure,
      ...(session && { session: session.session }),
    },
    logger: false,
    ...(auth?.tokenFile && { customAuth: { [TOKEN_LOGIN]: tokenLogin(auth.tokenFile) } }),
  });
  // Read when EHLO is sent: only then is the local address of the connection known.
  Object.defineProperty(connection, 'name', {
    get: () => heloName(settings.helo, (connection._socket || undefined)?.localAddress),
  });
  return connection;
}

function connect(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
}

async function logIn(
  connection: SMTPConnection,
  settings: RelaySettings,
  logins: LoginMechanisms,
  refusals: Refusals,
): Promise<void> {
  const order = logins.order((connection as unknown as NodemailerState)._supportedAuth);
  for (const mechanism of order.filter((one) => !refusals.has(one))) {
    try {
      await login(connection, mechanism, settings);
      return logins.accepted(mechanism);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.set(mechanism, error);
    }
  }
  throw loginRefused(refusals);
}

/** An explicit 5xx to AUTH: waiting does not help, but another mechanism may. */
function isRefusal(error: unknown): error is Error {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return code === 'EAUTH' && responseCode !== undefined && responseCode >= 500;
}

/** Rejects as soon as the connection fails or its time is up; then the socket is destroyed. */
function withDeadline<T>(
  connection: SMTPConnection,
  leftMs: number,
  wholeMs: number,
  act: () => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`it was not open within ${wholeMs / 1000} s`));
      if (connection._socket) connection._socket.destroy();
    }, leftMs);
    connection.once('error', reject);
    // Later than the error for its last reply, which says more.
    connection.once('end', () => setImmediate(reject, new Error('the relay closed the connection')));
    act()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** Takes the socket away from nodemailer, so that it neither reads our replies nor closes the socket. */
function detach(connection: SMTPConnection): OpenedConnection {
  const socket = connection._socket;
  if (!socket) throw new Error('the relay closed the connection');
  for (const event of ['data', 'end', 'close', 'error', 'timeout']) socket.removeAllListeners(event);
  connection.removeAllListeners();
  connection.on('error', () => {});
  const lines = (connection as unknown as NodemailerState)._ehloLines ?? [];
  return { socket, lines, helo: connection.name };
}
