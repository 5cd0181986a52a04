/**
 * TLS sessions of one relay, so that the next connection spares itself the certificate and a round trip (RFC 8446 2.2).
 * Nobody looks at a certificate again when a session is resumed, not even at its name. So only those are kept whose
 * certificate was found good, and for no longer than an hour since it was, however often they are resumed in between.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

const CHECKED_AGAIN_MS = 3_600_000;

export interface CachedSession {
  session: Buffer;
  /** When the certificate must be looked at again, by `performance.now()`. */
  until: number;
}

export class TlsSessionCache {
  #kept: CachedSession | null = null;

  /** What the next handshake may resume; null: a full one. */
  offer(): CachedSession | null {
    return this.#kept && performance.now() < this.#kept.until ? this.#kept : null;
  }

  /** `offered`: what this socket's handshake was given. Call it once the relay has said something within TLS: TLS 1.3 sends its tickets before that. */
  keep(socket: Socket, offered: CachedSession | null): void {
    if (!(socket instanceof TLSSocket)) return;
    const session = socket.authorized ? socket.getSession() : undefined;
    const until = socket.isSessionReused() ? (offered?.until ?? 0) : checkedUntil(socket);
    this.#kept = session ? { session, until } : null;
  }

  /** It was no use: whatever went wrong, the next handshake is a full one. */
  drop(offered: CachedSession): void {
    if (this.#kept === offered) this.#kept = null;
  }
}

/** Of a certificate that was just looked at. */
function checkedUntil(socket: TLSSocket): number {
  const validMs = Date.parse(socket.getPeerCertificate().valid_to) - Date.now();
  return performance.now() + (validMs > 0 ? Math.min(CHECKED_AGAIN_MS, validMs) : 0);
}
