/**
 * JSON for scripts: `POST /subscribe/:newsletter` with `{"email", "name", "newsletter": [...], "altcha"}`. Browsers let the
 * scripts of other sites in only where a newsletter names the site (`newsletter set --site`).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listNewsletters, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import { Refused } from '../../errors.ts';
import type { WebParts } from '../parts.ts';
import type { Named } from './input.ts';

const PREFLIGHT_SECONDS = 3_600;

export const isJson = (request: FastifyRequest): boolean =>
  /^application\/json\b/i.test(request.headers['content-type'] ?? '');

export const sendJson = (reply: FastifyReply, status: number, answer: object): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').send(answer);

/** For these routes only: elsewhere JSON is no form. An array or a number has no fields. */
export function parseJson(app: FastifyInstance): void {
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => {
      try {
        return JSON.parse(body) as unknown;
      } catch (cause) {
        throw new Refused('bad-form', 'the request cannot be read: expected JSON', { cause });
      }
    },
  );
}

/** Lets the script of a site see the answer if every newsletter of the request names the site. */
export function allowSites(
  request: FastifyRequest,
  reply: FastifyReply,
  newsletters: readonly Pick<Newsletter, 'sites'>[],
): boolean {
  const { origin } = request.headers;
  if (newsletters.every(({ sites }) => sites.length === 0)) return false;
  reply.header('vary', 'Origin');
  if (origin === undefined || !newsletters.every(({ sites }) => sites.includes(origin))) return false;
  reply.header('access-control-allow-origin', origin);
  return true;
}

/** Which newsletters a script will name is not known yet, so `/subscribe` lets in the sites of any. */
export async function preflight(parts: WebParts, request: FastifyRequest<Named>, reply: FastifyReply) {
  const { newsletter } = request.params;
  const all = await listNewsletters(parts.db);
  const named = all.filter(({ slug }) => newsletter === undefined || slug === newsletter);
  const sites = [...new Set(named.flatMap((one) => one.sites))];
  if (allowSites(request, reply, [{ sites }]))
    reply.headers({
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    });
  return reply.code(204).send();
}
