/** A relay as `delivery` sees it: opens connections for the hot path, tries them for `relay test`, signs what goes out. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Meeting, Relay, RelaySettings, Wire } from '../../ports.ts';
import { isExim, offersOf } from './capabilities.ts';
import { dkimSigner, type Signer } from './dkim.ts';
import { SmtpWire, type WireTimes } from './hand-over.ts';
import { Logins } from './login.ts';
import { openConnection } from './open.ts';
import { openingFault } from './open-failures.ts';
import { RefusalHabits } from './refusal-limits.ts';
import { TlsSessions } from './tls-sessions.ts';

export function smtpRelay(settings: RelaySettings, times: WireTimes, rehearsal = false): Relay {
  const signer = dkimSigner({ keys: settings.dkim, unsigned: settings.unsigned }, () => new Date());
  const logins = new Logins(settings);
  const sessions = new TlsSessions();
  const habits = new RefusalHabits(times.slowRefusalMs);
  const open = async (): Promise<{ wire: SmtpWire; meeting: Meeting }> => {
    const { socket, lines, helo } = await openConnection(settings, times, logins, sessions).catch((error) => {
      throw openingFault(error, settings);
    });
    const offers = offersOf(lines);
    const software = isExim(lines) ? 'exim' : null;
    const meeting = {
      ...secrecyOf(socket),
      login: settings.user !== null,
      ...offers,
      helo,
      software,
    } as const;
    return { wire: new SmtpWire(socket, times, offers, habits), meeting };
  };
  return {
    settings,
    rehearsal,
    async open() {
      const { wire } = await open();
      return signer ? signing(wire, signer) : wire;
    },
    async meet(envelope) {
      const { wire, meeting } = await open();
      try {
        return { ...meeting, trial: envelope ? await wire.tryEnvelope(envelope) : null };
      } finally {
        await wire.close();
      }
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

function secrecyOf(socket: Socket): Pick<Meeting, 'tls' | 'trusted'> {
  if (!(socket instanceof TLSSocket)) return { tls: null, trusted: null };
  return { tls: socket.getProtocol(), trusted: socket.authorized };
}
