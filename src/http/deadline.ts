/**
 * Readers get an answer even if something behind a page hangs: a database that does not respond is treated like one
 * that is down. The deadline counts from the moment the request was read. The route keeps running after it, so every
 * route must be safe to request again.
 */
import type { FastifyInstance } from 'fastify';
import { Unavailable } from '../errors.ts';

const ANSWER_MS = 4_500;

export function enforceDeadline(app: FastifyInstance, answerMs = ANSWER_MS): void {
  const timers = new WeakMap<object, NodeJS.Timeout>();
  app.addHook('preHandler', async (request, reply) => {
    const late = () => {
      if (!reply.sent) reply.send(new Unavailable(`no answer within ${answerMs} ms`));
    };
    timers.set(request, setTimeout(late, answerMs));
  });
  app.addHook('onResponse', async (request) => clearTimeout(timers.get(request)));
}
