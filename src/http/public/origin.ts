/** Where a request came from, as a consent record keeps it. */
import type { FastifyRequest } from 'fastify';
import type { Origin } from '../../consent/record.ts';
import { readClientAddress } from '../../consent/signup/network.ts';

export function originOf(request: FastifyRequest, source: string, language: string | null): Origin {
  // A proxy may forward nonsense, and a request over a Unix socket has no address.
  return {
    source,
    ip: readClientAddress(request.ip ?? ''),
    userAgent: request.headers['user-agent'] ?? null,
    language,
  };
}
