/**
 * `POST /feedback/:provider/:key`: what mail providers report. The key is looked up before the body is read, and a wrong
 * one is answered like a path that does not exist. 2xx is sent only when everything is committed; any other answer makes
 * the provider try again.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type FeedbackKey, findKey } from '../../feedback/events/keys.ts';
import { receiveEvents } from '../../feedback/events/receive.ts';
import { NotAuthentic, NotUnderstood } from '../../feedback/providers/provider.ts';
import type { WebParts } from '../parts.ts';
import { FailureLimit, Gate } from './limits.ts';

/** SendGrid sends the most: lists of up to 768 KB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** The database's connections are shared with the readers' pages. */
const MAX_AT_ONCE = 6;
const MAX_WAITING = 200;
/** In this place of the URL the key is taken from the password or the bearer token instead. */
const KEY_IN_HEADER = 'auth';

interface OfKey {
  Params: { provider: string; key: string };
}

export async function feedbackRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  const failures = new FailureLimit(parts.clock);
  const gate = new Gate(MAX_AT_ONCE, MAX_WAITING);
  const found = new WeakMap<FastifyRequest, FeedbackKey>();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);

  app.post<OfKey>('/feedback/:provider/:key', {
    bodyLimit: MAX_BODY_BYTES,
    onRequest: async (request, reply) => {
      const key = keyOf(request);
      if (failures.isReached(request.ip, key)) return tooMany(reply);
      const known = await findKey(parts.db, request.params.provider, key);
      if (known) found.set(request, known);
      else {
        failures.failed(request.ip);
        return reply.callNotFound();
      }
    },
    handler: async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const headers = request.headers as Record<string, string | undefined>;
      const key = found.get(request)!;
      try {
        const count = await gate.through(() => receiveEvents(contextOf(parts), key, { headers, body }));
        failures.succeeded(keyOf(request));
        parts.log.debug(
          { provider: key.provider, key: key.id, events: count },
          'applied events of a provider',
        );
        return reply.type('text/plain; charset=utf-8').send('ok\n');
      } catch (error) {
        if (!(error instanceof NotAuthentic || error instanceof NotUnderstood)) throw error;
        failures.failed(request.ip);
        parts.log.warn(
          { provider: key.provider, key: key.id, why: error.message },
          'refused an event of a provider',
        );
        const status = error instanceof NotAuthentic ? 403 : 400;
        return reply.code(status).type('text/plain; charset=utf-8').send('refused\n');
      }
    },
  });
}

const contextOf = ({ db, keys, clock, log, providerEvents }: WebParts) => ({
  db,
  keys,
  clock,
  log,
  ...providerEvents,
});

const tooMany = (reply: FastifyReply) =>
  reply.code(429).header('retry-after', '60').type('text/plain; charset=utf-8').send('too many\n');

/** From the URL, or so that no proxy logs it, from `Authorization`. */
function keyOf(request: FastifyRequest<OfKey>): string {
  const { key } = request.params;
  if (key !== KEY_IN_HEADER) return key;
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  const login = /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString() : '';
  return login.slice(login.indexOf(':') + 1);
}
