/** `POST /doctor/:token`: tells this installation's own doctor how its request arrived, and nobody else anything. */
import type { FastifyInstance } from 'fastify';
import { readClientAddress } from '../../consent/signup/network.ts';
import { isDoctorToken, type SeenRequest } from '../../doctor/web/token.ts';
import type { WebParts } from '../parts.ts';
import { sendPlainPage } from './page.ts';

export async function doctorRoute(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.post<{ Params: { token: string } }>('/doctor/:token', async (request, reply) => {
    if (!isDoctorToken(parts.keys, request.params.token, parts.clock.now()))
      return sendPlainPage(parts, request, reply, 404, 'link-away');
    const seen: SeenRequest = {
      client: readClientAddress(request.ip ?? ''),
      peer: readClientAddress(request.socket.remoteAddress ?? ''),
      forwarded: [request.headers['x-forwarded-for'] ?? []]
        .flat()
        .flatMap((entry) => entry.split(','))
        .map((entry) => readClientAddress(entry) ?? entry.trim()),
    };
    return seen;
  });
}
