/** One line per answer: the route's pattern, never its path, which may hold a token; no address, no headers. */
import type { FastifyInstance } from 'fastify';
import type { Log } from '../ports.ts';

/** Asked for every few seconds by machines. */
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
