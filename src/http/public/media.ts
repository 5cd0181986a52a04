/** `/media/:hash`: pictures and calendar files by the hash of their bytes, so an address always gives the same file. */
import type { FastifyInstance } from 'fastify';
import type { WebParts } from '../parts.ts';
import { sendPlainPage } from './page.ts';

/** SHA-256 in hex; some mail programs want a file extension. */
const NAME = /^([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?$/;

export async function mediaRoute(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<{ Params: { hash: string } }>('/media/:hash', async (request, reply) => {
    const hash = NAME.exec(request.params.hash)?.[1];
    const found = hash && (await mediaType(parts, hash));
    if (!hash || !found) return sendPlainPage(parts, request, reply, 404, 'not-found');
    reply.headers({
      etag: `"${hash}"`,
      'cache-control': 'public, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'cross-origin',
      // An SVG that is opened by itself is a document on our origin: it may style itself and nothing else.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    });
    if (request.headers['if-none-match']?.includes(`"${hash}"`)) return reply.code(304).send();
    if (found.type.startsWith('text/calendar'))
      reply.header('content-disposition', 'attachment; filename="event.ics"');
    return reply.type(found.type).send(await bytesOf(parts, hash));
  });
}

const mediaType = ({ db }: WebParts, hash: string) =>
  db.selectFrom('media').select('type').where('hash', '=', hash).executeTakeFirst();

async function bytesOf({ db }: WebParts, hash: string): Promise<Buffer> {
  const { bytes } = await db
    .selectFrom('media')
    .select('bytes')
    .where('hash', '=', hash)
    .executeTakeFirstOrThrow();
  return bytes;
}
