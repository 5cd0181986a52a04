/** Builds the web server without listening, so that tests can send it requests without a port. */
import Fastify, { type FastifyInstance } from 'fastify';
import { enforceDeadline } from '../deadline.ts';
import { feedbackRoutes } from '../feedback/routes.ts';
import { parseForms } from '../forms.ts';
import { healthRoutes } from '../health.ts';
import { inboxRoutes } from '../inbox/routes.ts';
import type { WebParts } from '../parts.ts';
import { addressRoutes } from '../preferences/address.ts';
import { dataRoutes } from '../preferences/data.ts';
import { preferencesRoutes } from '../preferences/routes.ts';
import {
  basePath,
  stripBasePath,
  stripForwardedPorts,
  trustProxyOption,
  warnOfUntrustedProxy,
} from '../proxy.ts';
import { publicRoutes } from '../public/routes.ts';
import { logRequests } from '../request-log.ts';
import { sendSecurityHeaders } from '../security.ts';
import { subscribeRoutes } from '../subscribe/routes.ts';
import { handleErrors, handleFrameworkError } from './errors.ts';

export type { WebParts } from '../parts.ts';

/** None of our forms comes near this size. */
const MAX_BODY_BYTES = 64 * 1024;
/** Longer than any token, so that a token which is too long gets the answer for a wrong token, not for a wrong path. */
const MAX_PARAM_CHARACTERS = 1_000;
const REQUEST_TIMEOUT_MS = 30_000;

export function buildServer(parts: WebParts): FastifyInstance {
  const base = basePath(parts.publicUrl);
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    trustProxy: trustProxyOption(parts.trustProxy),
    routerOptions: { maxParamLength: MAX_PARAM_CHARACTERS },
    frameworkErrors: (error, request, reply) => handleFrameworkError(parts, error, request, reply),
    rewriteUrl: (request) => stripBasePath(base, request.url ?? '/'),
  });
  logRequests(app, parts.log);
  sendSecurityHeaders(app);
  stripForwardedPorts(app, parts);
  warnOfUntrustedProxy(app, parts);
  enforceDeadline(app);
  parseForms(app);
  handleErrors(app, parts);
  app.register(healthRoutes, { parts });
  app.register(publicRoutes, { parts });
  const readers = [subscribeRoutes, preferencesRoutes, dataRoutes, addressRoutes];
  for (const routes of [feedbackRoutes, ...readers]) app.register(routes, { parts });
  if (parts.inbox) app.register(inboxRoutes, { db: parts.db, publicUrl: parts.publicUrl });
  return app;
}
