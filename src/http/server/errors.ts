/** The one place where errors become status codes and pages. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway } from '../../db/faults.ts';
import { Refused, Unavailable } from '../../errors.ts';
import type { WebParts } from '../parts.ts';
import { sendPlainPage } from '../public/page.ts';
import { setSecurityHeaders } from '../security.ts';

const RETRY_AFTER_SECONDS = '30';

export function handleErrors(app: FastifyInstance, parts: WebParts): void {
  app.setNotFoundHandler((request, reply) => sendPlainPage(parts, request, reply, 404, 'not-found'));

  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) parts.log.error({ ...route(request), ...loggable(error) }, 'a request failed');
    if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
    return sendErrorPage(parts, request, reply, status);
  });
}

/** For a path that cannot be decoded: Fastify calls this before any hook. */
export function handleFrameworkError(
  parts: WebParts,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendErrorPage(parts, request, setSecurityHeaders(reply), statusOf(error));
}

function sendErrorPage(parts: WebParts, request: FastifyRequest, reply: FastifyReply, status: number) {
  try {
    return sendPlainPage(parts, request, reply, status, pageOf(status));
  } catch (error) {
    // The page itself cannot be rendered (a broken theme): plain text is better than nothing.
    parts.log.error({ ...route(request), ...loggable(error) }, 'an error page could not be rendered');
    return reply.code(status).type('text/plain; charset=utf-8').send('Something went wrong.\n');
  }
}

function pageOf(status: number): string {
  if (status === 503) return 'away';
  if (status === 404) return 'not-found';
  if (status === 413) return 'too-large';
  return status >= 500 ? 'failed' : 'not-understood';
}

function statusOf(error: unknown): number {
  if (error instanceof Refused) return error.code.startsWith('unknown-') ? 404 : 400;
  if (error instanceof Unavailable || isDatabaseAway(error)) return 503;
  if ((error as { code?: unknown }).code === UNSTORABLE_TEXT) return 400;
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** SQLSTATE for text with a NUL, which a path may contain. */
const UNSTORABLE_TEXT = '22021';
const route = (request: FastifyRequest) => ({
  method: request.method,
  route: request.routeOptions.url ?? 'unknown',
});

/** What may be logged of an error. Its message may quote an address or a token. */
function loggable(error: unknown): object {
  const { name, code, stack } = error as { name?: string; code?: string; stack?: string };
  const where = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: name, code, at: where?.slice(0, 5).map((line) => line.trim()) };
}
