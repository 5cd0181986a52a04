/**
 * Bodies are forms, in both encodings (RFC 8058 3.2 wants both); anything else is read to its end and ignored, so
 * that a wrong body meets a page that helps. Files in a form are not kept.
 */
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refused } from '../errors.ts';

const LIMITS = { fields: 20, fieldNameSize: 100, fieldSize: 4_096, files: 0, parts: 20 };

export function takeForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.register(formbody);
  app.register(multipart, { limits: LIMITS });
  app.addHook('preValidation', readMultipart);
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.on('end', () => done(null, undefined)).on('error', done);
    payload.resume();
  });
}

/** By hand, since the plugin's own way answers a broken form as if we were broken. */
async function readMultipart(request: FastifyRequest): Promise<void> {
  if (!request.isMultipart()) return;
  const fields: Record<string, unknown> = Object.create(null);
  try {
    for await (const part of request.parts())
      if (part.type === 'field') fields[part.fieldname] ??= part.value;
  } catch (error) {
    if ((error as { statusCode?: unknown }).statusCode !== undefined) throw error;
    throw new Refused('bad-form', 'the form is broken: expected multipart/form-data', { cause: error });
  }
  request.body = fields;
}

/** A field's text, trimmed; empty when it is missing. The first one counts. */
export function field(request: FastifyRequest, name: string): string {
  const body = request.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return '';
  const value = [(body as Record<string, unknown>)[name]].flat()[0];
  return typeof value === 'string' ? value.trim() : '';
}
