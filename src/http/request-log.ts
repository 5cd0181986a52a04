/** Logs one line per answer, with the route's pattern: the path may hold a token. No addresses, no headers. */
import type { FastifyInstance } from 'fastify';
import type { Log } from '../ports.ts';

/** Polled by machines every few seconds. */
const QUIET = new Set(['/healthz', '/readyz']);

export function logRequests(app: FastifyInstance, log: Log): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const line = {
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    if (QUIET.has(route)) log.debug(line, 'answered');
    else log.info(line, 'answered');
  });
}
