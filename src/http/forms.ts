/**
 * Bodies are forms, in both encodings (RFC 8058 3.2 wants both). Any other body is read to its end and ignored, so that
 * its sender gets a helpful page. Fastify reads every body and enforces the size limit, which is why multipart is parsed
 * from the whole body here and not from the stream. Files in a form are dropped.
 */
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refused } from '../errors.ts';

const LIMITS = { fields: 20, fieldNameSize: 100, fieldSize: 4_096, files: 0, parts: 20, headerPairs: 20 };

type Fields = Record<string, unknown>;

export function parseForms(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.register(formbody);
  app.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    (request: FastifyRequest, body: Buffer) => readMultipart(request, body),
  );
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async () => undefined);
}

/** A field that was sent several times is a list. Throws Refused('bad-form'). */
function readMultipart(request: FastifyRequest, body: Buffer): Promise<Fields> {
  const fields: Fields = Object.create(null);
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) =>
      reject(new Refused('bad-form', 'the form cannot be read: expected multipart/form-data', { cause }));
    try {
      const parser = new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS });
      parser.on('field', (name, value) => {
        fields[name] = [fields[name] ?? [], value].flat();
      });
      parser.on('file', (_name, stream) => stream.resume());
      parser.on('error', refuse);
      parser.on('finish', () => resolve(fields));
      parser.end(body);
    } catch (error) {
      refuse(error);
    }
  });
}

/** The trimmed text of a field, empty when it is missing. The first field with the name counts. */
export const field = (request: FastifyRequest, name: string): string => fieldValues(request, name)[0] ?? '';

/** The trimmed texts of all fields with a name. */
export function fieldValues(request: FastifyRequest, name: string): string[] {
  const body = request.body;
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return [];
  const values = [(body as Record<string, unknown>)[name]].flat();
  return values.map((value) => (typeof value === 'string' ? value.trim() : ''));
}
