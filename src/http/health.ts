/** `/healthz`: the process is alive. `/readyz`: it can serve; otherwise the answer names what is missing. */
import type { FastifyInstance } from 'fastify';
import type { WebParts } from './parts.ts';

export async function healthRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get('/healthz', async () => ({ ok: true }));

  app.get('/readyz', async (_request, reply) => {
    const readiness = await parts
      .ready()
      .catch(() => ({ ok: false, checks: { ready: 'the check itself failed' } }));
    return reply.code(readiness.ok ? 200 : 503).send(readiness);
  });
}
