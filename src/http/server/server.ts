/** The web role: builds the server without listening, so that tests speak to it without a port. */
import Fastify, { type FastifyInstance } from 'fastify';
import { answerInTime } from '../deadline.ts';
import { takeForms } from '../forms.ts';
import { healthRoutes } from '../health.ts';
import { inboxRoutes } from '../inbox/routes.ts';
import type { WebParts } from '../parts.ts';
import { basePath, takePortsOff, trusted, warnOfIgnoredProxy, withoutBase } from '../proxy.ts';
import { publicRoutes } from '../public/routes.ts';
import { logRequests } from '../request-log.ts';
import { secureHeaders } from '../security.ts';
import { answerBadUrl, answerFaults } from './faults.ts';

export type { WebParts } from '../parts.ts';

/** No form of ours comes near it. */
const BODY_OCTETS = 64 * 1024;
/** Longer than any token: what is longer is answered like a wrong one, not like a wrong path. */
const PARAM_OCTETS = 1_000;
const REQUEST_MS = 30_000;

export function buildServer(parts: WebParts): FastifyInstance {
  const base = basePath(parts.publicUrl);
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_OCTETS,
    requestTimeout: REQUEST_MS,
    trustProxy: trusted(parts.trustProxy),
    routerOptions: { maxParamLength: PARAM_OCTETS },
    frameworkErrors: (error, request, reply) => answerBadUrl(parts, error, request, reply),
    rewriteUrl: (request) => withoutBase(base, request.url ?? '/'),
  });
  logRequests(app, parts.log);
  secureHeaders(app);
  takePortsOff(app, parts);
  warnOfIgnoredProxy(app, parts);
  answerInTime(app);
  takeForms(app);
  answerFaults(app, parts);
  app.register(healthRoutes, { parts });
  app.register(publicRoutes, { parts });
  if (parts.inbox) app.register(inboxRoutes, { db: parts.db, publicUrl: parts.publicUrl });
  return app;
}
