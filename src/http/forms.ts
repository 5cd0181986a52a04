/**
 * Bodies are forms, in both encodings (RFC 8058 3.2 wants both); anything else is read to its end and ignored, so
 * that a wrong body meets a page that helps. Files in a form are not kept.
 */
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const LIMITS = { fields: 20, fieldNameSize: 100, fieldSize: 4_096, files: 0, parts: 20 };

export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.register(formbody);
  app.register(multipart, { attachFieldsToBody: 'keyValues', limits: LIMITS });
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.on('end', () => done(null, undefined)).on('error', done);
    payload.resume();
  });
}

/** A field's text, trimmed; empty when it is missing. The first one counts. */
export function field(request: FastifyRequest, name: string): string {
  const body = request.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value = [(body as Record<string, unknown>)[name]].flat()[0];
  return typeof value === 'string' ? value.trim() : '';
}
