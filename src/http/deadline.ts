/**
 * Whatever hangs behind a page, its reader gets an answer: a database that does not respond is treated like one that is
 * away. The deadline counts from the moment the request was read. The route goes on after it, and may safely be asked
 * again.
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
