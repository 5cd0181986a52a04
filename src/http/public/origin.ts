/** Where a request came from, as a consent record keeps it. */
import type { FastifyRequest } from 'fastify';
import { hashedIp, type Origin } from '../../consent/record.ts';
import { readClientAddress } from '../../consent/signup/network.ts';
import type { WebParts } from '../parts.ts';

const MAX_PAGE_CHARACTERS = 300;

export function originOf(
  { keys }: Pick<WebParts, 'keys'>,
  request: FastifyRequest,
  source: string,
  language: string | null,
): Origin {
  return {
    source,
    ipHash: hashedIp(keys, clientIp(request)),
    page: pageOf(request),
    userAgent: request.headers['user-agent'] ?? null,
    language,
  };
}

/** A proxy may forward nonsense, and a request over a Unix socket has no address: null. */
export const clientIp = (request: FastifyRequest): string | null => readClientAddress(request.ip ?? '');

/**
 * The site whose form it was, as the browser says (ours says nothing: its pages send no referrer), else the path of the
 * page here. Never a query or a token.
 */
function pageOf(request: FastifyRequest): string {
  const { referer = '' } = request.headers;
  const site = URL.canParse(referer) ? new URL(referer) : null;
  const page =
    site && /^https?:$/.test(site.protocol)
      ? `${site.origin}${site.pathname}`
      : (request.routeOptions.url ?? '')
          .replace(/:newsletter\b/, newsletterIn(request))
          .replace(/\/:token$/, '');
  return page.slice(0, MAX_PAGE_CHARACTERS);
}

const newsletterIn = ({ params }: FastifyRequest): string =>
  String((params as { newsletter?: string } | undefined)?.newsletter ?? '');
