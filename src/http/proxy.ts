/**
 * What stands in front of us. `PUBLIC_URL` may have a path: a proxy may strip it or pass it on, both are served.
 * Forwarded headers count only from proxies that `TRUST_PROXY` names.
 */
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { readClientAddress } from '../consent/network.ts';
import type { WebParts } from './parts.ts';

/** The path of `PUBLIC_URL`, without a trailing slash: `` or `/news`. */
export function basePath(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** `/news/subscribe/weekly` and `/subscribe/weekly` are one address when `/news` is the base. */
export function withoutBase(base: string, url: string): string {
  if (base === '' || !url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

/** Fastify takes a number for "nobody", since it cannot check the peer; to us it says how many proxies there are. */
export function trusted(trustProxy: WebParts['trustProxy']): FastifyServerOptions['trustProxy'] {
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  return trustProxy === false ? false : [...trustProxy];
}

/**
 * Some proxies write the client's port beside its address. It comes off before anybody reads the header: with it, an entry
 * is no address, and so neither a trusted proxy nor a network.
 */
export function takePortsOff(app: FastifyInstance, { trustProxy }: WebParts): void {
  if (trustProxy === false) return;
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const forwarded = [headers['x-forwarded-for'] ?? []].flat().join(',');
    if (forwarded === '') return;
    const entries = forwarded.split(',').map((entry) => readClientAddress(entry) ?? entry.trim());
    headers['x-forwarded-for'] = entries.join(', ');
  });
}

/** Once: behind a proxy nobody told us of, all readers seem to come from one address, and share one budget. */
export function warnOfIgnoredProxy(app: FastifyInstance, { trustProxy, log }: WebParts): void {
  if (trustProxy !== false) return;
  let warned = false;
  app.addHook('onRequest', async (request) => {
    if (warned || !isForwarded(request.headers)) return;
    warned = true;
    log.warn(
      { setting: 'TRUST_PROXY' },
      'a request came with forwarded headers, which are ignored, so all readers seem to come from one address and share one budget of confirmations: if one proxy stands in front, set TRUST_PROXY=1; if several, their number, or their addresses (TRUST_PROXY=loopback for one on this machine)',
    );
  });
}

const isForwarded = (headers: Record<string, unknown>): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
