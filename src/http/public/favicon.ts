/** `/favicon.ico`: browsers ask for it by themselves, for instance for an issue in the archive, which names no icon. */
import type { FastifyInstance } from 'fastify';
import { logoSvg } from '../../render/postrider-logo.ts';

const COLOR = '#c2410c';

export async function faviconRoute(app: FastifyInstance): Promise<void> {
  app.get('/favicon.ico', async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=86400').type('image/svg+xml').send(logoSvg(COLOR)),
  );
}
