/** The public endpoint: everything that readers and mail programs may ask for. */
import type { FastifyInstance } from 'fastify';
import type { WebParts } from '../parts.ts';
import { archiveRoutes } from './archive.ts';
import { confirmRoutes } from './confirm.ts';
import { doctorRoute } from './doctor.ts';
import { faviconRoute } from './favicon.ts';
import { mediaRoute } from './media.ts';
import { rejectRoutes } from './reject.ts';
import { unsubscribeRoutes } from './unsubscribe.ts';

export async function publicRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  const routes = [
    confirmRoutes,
    rejectRoutes,
    unsubscribeRoutes,
    archiveRoutes,
    mediaRoute,
    faviconRoute,
    doctorRoute,
  ];
  for (const route of routes) await app.register(route, { parts });
}
