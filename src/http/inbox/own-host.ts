/**
 * The inbox answers only under its own host names. It has no login: a web page whose name points to this machine (DNS
 * rebinding) could otherwise read every mail through its visitor's browser. IP addresses cannot be rebound, so they are
 * allowed, and with them access from the local network.
 */
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';

export function requireOwnHost(app: FastifyInstance, publicUrl: string): void {
  const known = new URL(publicUrl).hostname;
  app.addHook('onRequest', async (request, reply) => {
    if (isOwnName(request.headers.host ?? '', known)) return;
    return reply
      .code(403)
      .type('text/plain; charset=utf-8')
      .send(
        'The inbox answers only at localhost, at an IP address, and at the host name in PUBLIC_URL. To reach it under this name, use the name in PUBLIC_URL.\n',
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

/** True for a form from a page on another site or port. Command line tools send no origin, and are allowed. */
export function isCrossSiteForm({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
