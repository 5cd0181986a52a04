/**
 * Opening a connection to a relay: nodemailer knows every kind of TLS and login, nobody should write that again. One
 * EHLO in the clear, one within TLS, none after the login (RFC 3207 4.2, RFC 4954 4: what it said before holds), and
 * one deadline for all of it, however slowly the relay drips its octets. Where TLS is opportunistic and nobody logs in,
 * a handshake that fails is none: the connection is opened anew in the clear (RFC 7435 3). Not so where it was to resume
 * a session: then a full handshake comes first.
 */
import type { Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { AuthMechanism, RelaySettings } from '../../ports.ts';
import type { SmtpTimes } from './hand-over.ts';
import { heloName } from './helo-name.ts';
import { type LoginMechanisms, login, TOKEN_LOGIN, tokenLogin } from './login.ts';
import type { CachedSession, TlsSessionCache } from './tls-sessions.ts';

export interface OpenedConnection {
  /** Secured and logged in, with no listener left on it. */
  socket: Socket;
  /** The relay's last reply to EHLO, without its first line; none where it knows only HELO. */
  lines: readonly string[];
  /** The name that we gave. */
  helo: string;
}

/** Each mechanism that the relay refused, and how; it takes none. */
export class LoginRefused extends Error {
  override name = 'LoginRefused';
}

/** What nodemailer keeps of the relay's offers, beside its public face. */
interface Greeted {
  _ehloLines?: readonly string[];
  _supportedAuth: readonly string[];
}

/**
 * Rejects with nodemailer's errors, `LoginRefused`, or an Error that says how long it took. `sessions`: of these
 * settings alone, since a session stands for the checks that they ask for.
 */
export async function openConnection(
  settings: RelaySettings,
  times: SmtpTimes,
  logins: LoginMechanisms,
  sessions: TlsSessionCache,
): Promise<OpenedConnection> {
  const deadline = performance.now() + times.commandMs;
  const refusals: Refusals = new Map();
  let inTheClear = false;
  let anew = false;
  for (;;) {
    const refused = refusals.size;
    const session = inTheClear || anew ? null : sessions.offer();
    const connection = dial(settings, times, inTheClear, session);
    try {
      return await within(connection, deadline - performance.now(), times.commandMs, async () => {
        await connect(connection);
        if (connection._socket) sessions.keep(connection._socket, session);
        if (settings.user !== null) await logIn(connection, settings, logins, refusals);
        return opened(connection);
      });
    } catch (error) {
      connection.close();
      if (session) sessions.drop(session);
      if (session && isHandshakeFault(error)) {
        anew = true;
        continue;
      }
      if (!inTheClear && goesOnInTheClear(error, settings)) {
        inTheClear = true;
        continue;
      }
      // Many close after a refused login: what is left to try wants a connection of its own.
      if (refusals.size === refused || error instanceof LoginRefused)
        throw refusals.size > 0 ? loginRefused(refusals) : error;
    }
  }
}

type Refusals = Map<AuthMechanism, Error>;

function loginRefused(refusals: Refusals): LoginRefused {
  const said = [...refusals].map(([mechanism, { message }]) => `${mechanism}: ${message}`);
  return new LoginRefused(said.join('; '), { cause: [...refusals.values()].at(-1) });
}

/**
 * TLS itself could not agree. A connection that was cut meanwhile, or a 4xx to STARTTLS, is only a relay that is down.
 */
export const HANDSHAKE = /^(ERR_SSL|ERR_TLS|EPROTO)/;

/** Also where the relay says so only when our side is through with the handshake (TLS 1.3). */
function isHandshakeFault(error: unknown): boolean {
  const { responseCode, originalCode } = error as { responseCode?: number; originalCode?: string };
  return responseCode === undefined && HANDSHAKE.test(originalCode ?? '');
}

/** Never with a password, which would go in the clear too. */
const goesOnInTheClear = (error: unknown, { tls, user }: RelaySettings): boolean =>
  tls === 'opportunistic' && user === null && isHandshakeFault(error);

function dial(
  settings: RelaySettings,
  times: SmtpTimes,
  inTheClear: boolean,
  session: CachedSession | null,
): SMTPConnection {
  const { auth } = settings;
  const connection = new SMTPConnection({
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.tls === 'required' && !settings.secure,
    opportunisticTLS: settings.tls === 'opportunistic',
    ignoreTLS: inTheClear,
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
  // Asked when EHLO is said: only then is it known from which address the connection goes out.
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
  const order = logins.order((connection as unknown as Greeted)._supportedAuth);
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

/** An explicit 5xx to AUTH: waiting mends it for no mechanism, another mechanism may be taken. */
function isRefusal(error: unknown): error is Error {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  return code === 'EAUTH' && responseCode !== undefined && responseCode >= 500;
}

/** Rejects as soon as the connection fails, or its time is up; then the socket is let go of. */
function within<T>(
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
    // After what it said with its last reply, which says more.
    connection.once('end', () => setImmediate(reject, new Error('the relay closed the connection')));
    act()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/** nodemailer's listeners go, so that it neither reads our replies nor closes what is ours now. */
function opened(connection: SMTPConnection): OpenedConnection {
  const socket = connection._socket;
  if (!socket) throw new Error('the relay closed the connection');
  for (const event of ['data', 'end', 'close', 'error', 'timeout']) socket.removeAllListeners(event);
  connection.removeAllListeners();
  connection.on('error', () => {});
  const lines = (connection as unknown as Greeted)._ehloLines ?? [];
  return { socket, lines, helo: connection.name };
}
