/** A relay as `delivery` sees it: opens connections, probes the relay for `relay test`, and signs outgoing messages. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Relay, RelayCapabilities, RelaySettings, SmtpConnection } from '../../ports.ts';
import { readCertificate } from '../certificate.ts';
import { isExim, parseEhlo } from './capabilities.ts';
import { connectionError } from './connection-error.ts';
import { dkimSigner, type Signer } from './dkim.ts';
import { type SmtpTimes, SocketConnection } from './hand-over.ts';
import { LoginMechanisms } from './login.ts';
import { openConnection } from './open-connection.ts';
import { RefusalLimit } from './refusal-limit.ts';
import { TlsSessionCache } from './tls-sessions.ts';

export function smtpRelay(settings: RelaySettings, times: SmtpTimes, rehearsal = false): Relay {
  const signer = dkimSigner({ keys: settings.dkim, unsigned: settings.unsigned }, () => new Date());
  const logins = new LoginMechanisms(settings);
  const sessions = new TlsSessionCache();
  const refusalLimit = new RefusalLimit(times.slowRefusalMs);
  const open = async (): Promise<{ connection: SocketConnection; capabilities: RelayCapabilities }> => {
    const { socket, lines, helo } = await openConnection(settings, times, logins, sessions).catch((error) => {
      throw connectionError(error, settings);
    });
    const offers = parseEhlo(lines);
    const software = isExim(lines) ? 'exim' : null;
    const capabilities = {
      ...tlsOf(socket),
      login: settings.user !== null,
      ...offers,
      helo,
      software,
    } as const;
    return { connection: new SocketConnection(socket, times, offers, refusalLimit), capabilities };
  };
  return {
    settings,
    rehearsal,
    async open() {
      const { connection } = await open();
      return signer ? signing(connection, signer) : connection;
    },
    async probe(envelope) {
      const { connection, capabilities } = await open();
      try {
        return { ...capabilities, trial: envelope ? await connection.tryEnvelope(envelope) : null };
      } finally {
        await connection.close();
      }
    },
  };
}

/** The same connection; messages are signed before their mark is asked for. */
function signing(connection: SmtpConnection, signer: Signer): SmtpConnection {
  return {
    async handOver(envelope, message, ...asking) {
      return connection.handOver(envelope, await signer(message), ...asking);
    },
    get usable() {
      return connection.usable;
    },
    close: () => connection.close(),
  };
}

function tlsOf(socket: Socket): Pick<RelayCapabilities, 'tls' | 'trusted' | 'certificate'> {
  if (!(socket instanceof TLSSocket)) return { tls: null, trusted: null, certificate: null };
  return { tls: socket.getProtocol(), trusted: socket.authorized, certificate: readCertificate(socket) };
}
