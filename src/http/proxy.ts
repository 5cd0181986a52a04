/**
 * What stands in front of us. `PUBLIC_URL` may have a path: a proxy may strip it or pass it on, both are served.
 * Forwarded headers count only from proxies that `TRUST_PROXY` names.
 */
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
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

/** Once: behind a proxy nobody told us of, all readers seem to come from one address. */
export function warnOfIgnoredProxy(app: FastifyInstance, { trustProxy, log }: WebParts): void {
  if (trustProxy !== false) return;
  let warned = false;
  app.addHook('onRequest', async (request) => {
    if (warned || !isForwarded(request.headers)) return;
    warned = true;
    log.warn(
      { setting: 'TRUST_PROXY' },
      'a request came with forwarded headers, which are ignored: if a proxy stands in front, set TRUST_PROXY to the number of proxies or to their networks',
    );
  });
}

const isForwarded = (headers: Record<string, unknown>): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
