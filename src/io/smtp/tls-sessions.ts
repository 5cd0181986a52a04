/**
 * The TLS session of one relay, so that the next connection saves sending the certificate and a round trip (RFC 8446
 * 2.2). When a session is resumed, nobody checks the certificate again, not even its name. So only sessions with a
 * valid certificate are cached, for at most an hour after it was checked, however often they are resumed in between.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

const MAX_AGE_MS = 3_600_000;

export interface CachedSession {
  session: Buffer;
  /** When the certificate must be checked again, by `performance.now()`. */
  until: number;
}

export class TlsSessionCache {
  #cached: CachedSession | null = null;

  /** What the next handshake may resume; null: do a full one. */
  offer(): CachedSession | null {
    return this.#cached && performance.now() < this.#cached.until ? this.#cached : null;
  }

  /**
   * Caches the session of this socket. `offered`: what its handshake was given. Call it once the relay has said
   * something within TLS: TLS 1.3 sends its tickets before that.
   */
  keep(socket: Socket, offered: CachedSession | null): void {
    if (!(socket instanceof TLSSocket)) return;
    const session = socket.authorized ? socket.getSession() : undefined;
    const until = socket.isSessionReused() ? (offered?.until ?? 0) : checkedUntil(socket);
    this.#cached = session ? { session, until } : null;
  }

  /** The session did not help: the next handshake is a full one. */
  drop(offered: CachedSession): void {
    if (this.#cached === offered) this.#cached = null;
  }
}

/** For a certificate that was checked just now. */
function checkedUntil(socket: TLSSocket): number {
  const validMs = Date.parse(socket.getPeerCertificate().valid_to) - Date.now();
  return performance.now() + (validMs > 0 ? Math.min(MAX_AGE_MS, validMs) : 0);
}
