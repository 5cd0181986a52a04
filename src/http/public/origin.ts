/** From where a request came, as a consent record keeps it. */
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { Origin } from '../../consent/record.ts';

export function originOf(request: FastifyRequest, source: string, language: string | null): Origin {
  return { source, ip: inet(request.ip), userAgent: request.headers['user-agent'] ?? null, language };
}

/** As PostgreSQL's `inet` takes it: an IPv4 address reached over IPv6 as itself, no zone. A proxy may forward nonsense. */
function inet(ip: string | undefined): string | null {
  const address = (ip ?? '').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(address) === 0 ? null : address;
}
