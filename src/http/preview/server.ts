/**
 * The server of `issue preview`, for the editor's own browser on the editor's own machine. It refuses any other host
 * name, so that no web page can read it by pointing its own name here (DNS rebinding).
 */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { displayText, parseHeaders } from '../../io/inbox/mail-headers.ts';
import { prepareForFrame } from '../mail-frame.ts';
import { mailPolicy } from './mail-policy.ts';
import { previewPage } from './page.ts';
import type { Preview, PreviewReader } from './preview.ts';
import { isLook, type Look, showAs } from './show-as.ts';

interface PreviewRequest {
  Querystring: { name?: string; email?: string; language?: string; look?: string };
}

const MAX_SOURCE_CHARACTERS = 300_000;

export function buildPreview(preview: Preview): FastifyInstance {
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? ''))
      return reply.code(403).type('text/plain').send('The preview can only be opened on this machine.\n');
    reply.headers({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
  app.get('/', async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .header('content-security-policy', pagePolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(previewPage(preview.file, nonce, preview.subscriber !== null));
  });
  app.get<PreviewRequest>('/view.json', async (request) => viewOf(preview, request.query));
  app.get<PreviewRequest>('/mail.html', async (request, reply) => {
    const seen = preview.viewFor((await readerOf(preview, request.query)).reader);
    const look: Look = isLook(request.query.look) ? request.query.look : 'desktop';
    return reply
      .header('content-security-policy', mailPolicy(look))
      .type('text/html; charset=utf-8')
      .send(seen ? prepareForFrame(showAs(seen.html, look)) : '');
  });
  app.get<{ Params: { hash: string } }>('/media/:hash', async (request, reply) => {
    const found = preview.picture(request.params.hash.replace(/\.ics$/, ''));
    return found ? reply.type(found.type).send(found.bytes) : reply.code(404).send();
  });
  app.get('/changes', (_request, reply) => streamChanges(preview, reply));
  return app;
}

const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * Empty fields count as missing, and filled-in fields override the subscriber's own. `isStranger`: no subscriber has the
 * address that was asked for.
 */
async function readerOf(
  { subscriber }: Preview,
  { name, email, language }: PreviewRequest['Querystring'],
): Promise<{ reader: PreviewReader; isStranger: boolean }> {
  const address = subscriber !== null && email ? String(email) : null;
  const known = address === null ? null : await subscriber!(address);
  const own = { ...(name && { name: String(name) }), ...(language && { language: String(language) }) };
  return { reader: { ...known, ...own }, isStranger: address !== null && known === null };
}

async function viewOf(preview: Preview, query: PreviewRequest['Querystring']) {
  const { reader, isStranger } = await readerOf(preview, query);
  const seen = preview.viewFor(reader);
  const source = seen?.message.toString('utf8') ?? '';
  const headers = seen ? parseHeaders(seen.message) : [];
  return {
    ...preview.state(),
    isStranger,
    subject: seen?.subject ?? '',
    text: seen?.text ?? '',
    bytes: Buffer.byteLength(seen?.html ?? ''),
    source: source.slice(0, MAX_SOURCE_CHARACTERS),
    headers: headers.map(({ name, value }) => ({ name, value: displayText(value) })),
  };
}

/** Server-sent events: one `change` per rendering. */
function streamChanges(preview: Preview, reply: FastifyReply): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  raw.write('retry: 500\n\n');
  const stop = preview.watch(() => raw.write(`event: change\ndata: ${preview.state().version}\n\n`));
  raw.on('close', stop);
}
