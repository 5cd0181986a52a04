/** The one place where failures become status codes and pages. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDatabaseAway } from '../../db/faults.ts';
import { Refused, Unavailable } from '../../errors.ts';
import type { WebParts } from '../parts.ts';
import { sendPlainPage } from '../public/page.ts';
import { secure } from '../security.ts';

/** Seconds after which trying again makes sense. */
const RETRY_AFTER = '30';

export function answerFaults(app: FastifyInstance, parts: WebParts): void {
  app.setNotFoundHandler((request, reply) => sendPlainPage(parts, request, reply, 404, 'not-found'));

  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) parts.log.error({ ...route(request), ...traits(error) }, 'a request failed');
    if (status === 503) reply.header('retry-after', RETRY_AFTER);
    return sendFault(parts, request, reply, status);
  });
}

/** A path that cannot be decoded: Fastify asks here, before any hook. */
export function answerBadUrl(
  parts: WebParts,
  error: Error,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendFault(parts, request, secure(reply), statusOf(error));
}

function sendFault(parts: WebParts, request: FastifyRequest, reply: FastifyReply, status: number) {
  try {
    return sendPlainPage(parts, request, reply, status, pageOf(status));
  } catch (error) {
    // The page itself does not come out (a broken theme): say it in plain text rather than not at all.
    parts.log.error({ ...route(request), ...traits(error) }, 'the page of a failure could not be made');
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

/** SQLSTATE of text with a NUL in it, which a path may bring along. */
const UNSTORABLE_TEXT = '22021';
const route = (request: FastifyRequest) => ({
  method: request.method,
  route: request.routeOptions.url ?? 'unknown',
});

/** What may be logged of an error: not its message, which may quote an address or a token. */
function traits(error: unknown): object {
  const { name, code, stack } = error as { name?: string; code?: string; stack?: string };
  const where = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return { error: name, code, at: where?.slice(0, 5).map((line) => line.trim()) };
}
