/**
 * Reverse proxies in front of us. `PUBLIC_URL` may have a path; we serve it whether the proxy strips the path or passes
 * it on. Forwarded headers are trusted only from proxies that `TRUST_PROXY` names.
 */
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { readClientAddress } from '../consent/signup/network.ts';
import type { WebParts } from './parts.ts';

/** The path of `PUBLIC_URL`, without a trailing slash: `` or `/news`. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** `/news/subscribe/weekly` and `/subscribe/weekly` are the same address when `/news` is the base. */
export function stripBasePath(base: string, url: string): string {
  if (base === '' || !url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** Fastify trusts nobody when given a number, since it cannot check the peer; for us it is the number of proxies. */
export function trustProxyOption(trustProxy: WebParts['trustProxy']): FastifyServerOptions['trustProxy'] {
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return trustProxy === false ? false : [...trustProxy];
}

/**
 * Some proxies add the client's port to its address. The port is removed before anybody reads the header: with it, an
 * entry is not an address, and so matches neither a trusted proxy nor a network.
 */
export function stripForwardedPorts(app: FastifyInstance, { trustProxy }: WebParts): void {
  if (trustProxy === false) return;
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
    if (forwarded === '') return;
    const entries = forwarded.split(',').map((entry) => readClientAddress(entry) ?? entry.trim());
    headers['x-forwarded-for'] = entries.join(', ');
  });
}

/** Warns once: behind a proxy that is not configured, all readers seem to have one address, and share one budget. */
export function warnOfUntrustedProxy(app: FastifyInstance, { trustProxy, log }: WebParts): void {
  if (trustProxy !== false) return;
  let warned = false;
  app.addHook('onRequest', async (request) => {
    if (warned || !isForwarded(request.headers)) return;
    warned = true;
    log.warn(
      { setting: 'TRUST_PROXY' },
      'ignored the forwarded headers of a request, so all readers seem to have one address and share one budget of confirmations: behind one proxy set TRUST_PROXY=1, behind several their number or addresses (TRUST_PROXY=loopback for one on this machine)',
    );
  });
}

const isForwarded = (headers: Record<string, unknown>): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
