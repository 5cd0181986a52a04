/** Reads the certificate that a TLS server showed, trusted or not. */
import type { TLSSocket } from 'node:tls';
import type { Certificate } from '../ports.ts';

/** Null for a resumed session, which shows none. */
export function readCertificate(socket: TLSSocket): Certificate | null {
  const peer = socket.getPeerCertificate();
  if (!peer.valid_to) return null;
  const names = (peer.subjectaltname ?? '').split(', ').map((name) => name.replace(/^[^:]*:/, ''));
  const { authorizationError: fault } = socket;
  return {
    names: names.filter(Boolean),
    issuer: [peer.issuer.O ?? peer.issuer.CN ?? 'an unnamed issuer'].flat().join(', '),
    expires: new Date(peer.valid_to),
    distrusted: socket.authorized ? null : ((fault as { code?: string } | undefined)?.code ?? String(fault)),
  };
}
