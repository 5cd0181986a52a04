/** What every answer carries. A route that needs another policy sets its own header. */
import type { FastifyInstance, FastifyReply } from 'fastify';

/** No script at all; styles and pictures only. Also for an edition on the archive, whose styles are inline. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data: https: http:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function secureHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    secure(reply);
  });
}

/** For answers that Fastify gives before any hook ran. */
export function secure(reply: FastifyReply): FastifyReply {
  return reply.headers({
    'content-security-policy': PAGE_POLICY,
    // Tokens stand in our paths: no page we link to may learn them.
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  });
}
