/**
 * The inbox answers under its own names only. It has no login: a page of the web that has its own name point to this
 * machine (DNS rebinding) would otherwise read every mail through the browser of whoever visits it. An address in
 * numbers cannot be pointed anywhere, so those are its own, and with them every machine of the local network.
 */
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export function answerOwnNameOnly(app: FastifyInstance, publicUrl: string): void {
  const known = new URL(publicUrl).hostname;
  app.addHook('onRequest', async (request, reply) => {
    if (isOwnName(request.headers.host ?? '', known)) return;
    return reply
      .code(403)
      .type('text/plain; charset=utf-8')
      .send(
        'The inbox answers at localhost, at an address in numbers, and at the name in PUBLIC_URL only. To reach it by this name, set PUBLIC_URL to it.\n',
      );
  });
}

function isOwnName(host: string, known: string): boolean {
  const url = `http://${host}`;
  if (host === '' || !URL.canParse(url)) return false;
  const name = new URL(url).hostname;
  return (
    name === known ||
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    isIP(name.replace(/^\[|\]$/g, '')) !== 0
  );
}

/** True for a form that a page of another site, or of another port, sends. Tools say nothing of where they come from. */
export function isForeignForm({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
