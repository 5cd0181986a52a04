/**
 * The built-in inbox at /inbox/: shows what a rehearsal sent. Works without JavaScript. Mails may be hostile: see
 * `html.ts` (escaping) and `mail-frame.ts` (the mail's own HTML).
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Db } from '../../db/connection.ts';
import { html } from '../html.ts';
import { FRAME_POLICY, prepareForFrame } from '../mail-frame.ts';
import { PAGE_POLICY, page } from './layout.ts';
import { listPage } from './list-page.ts';
import { mailPage, type ViewName, type Width } from './mail-page.ts';
import { clearMails, findMail, listMails } from './mails.ts';
import { isCrossSiteForm, requireOwnHost } from './own-host.ts';
import { readMail } from './read-mail.ts';

interface OfMail {
  Params: { id: string };
  Querystring: { width?: string };
}

/** An id that fits a JavaScript number; anything else is a 404. */
const ID = ':id(^[0-9]{1,15}$)';

export async function inboxRoutes(
  app: FastifyInstance,
  { db, publicUrl = 'http://localhost' }: { db: Db; publicUrl?: string },
): Promise<void> {
  requireOwnHost(app, publicUrl);
  acceptForms(app);

  app.get('/inbox', (_request, reply) => reply.redirect('inbox/', 302));

  app.get<{ Querystring: { q?: string | string[]; page?: string } }>('/inbox/', async (request, reply) => {
    const search = [request.query.q ?? ''].flat()[0]!.trim().slice(0, 200).replaceAll('\0', '');
    const found = await listMails(db, search, Number.parseInt(request.query.page ?? '1', 10) || 1);
    return sendPage(reply, listPage(found, search));
  });

  app.post('/inbox/clear', async (request, reply) => {
    // A page of another site must not empty the inbox.
    if (isCrossSiteForm(request))
      return reply.code(403).type('text/plain').send('This form came from another site.\n');
    await clearMails(db);
    return reply.redirect('./', 303);
  });

  view('', 'html');
  view('/text', 'text');
  view('/headers', 'headers');
  view('/source', 'source');

  app.get<OfMail>(`/inbox/${ID}/frame`, async (request, reply) => {
    const found = await findMail(db, Number(request.params.id));
    const mail = found && (await readMail(found.source));
    if (!mail?.html) return sendGone(reply, '../');
    return withHeaders(reply, FRAME_POLICY)
      .header('x-frame-options', 'SAMEORIGIN')
      .type('text/html; charset=utf-8')
      .send(prepareForFrame(mail.html));
  });

  app.get<OfMail>(`/inbox/${ID}/mail.eml`, async (request, reply) => {
    const found = await findMail(db, Number(request.params.id));
    if (!found) return sendGone(reply, '../');
    return withHeaders(reply, "default-src 'none'; sandbox")
      .type('message/rfc822')
      .header('content-disposition', `attachment; filename="mail-${found.id}.eml"`)
      .send(found.source);
  });

  function view(path: string, name: ViewName): void {
    app.get<OfMail>(`/inbox/${ID}${path}`, async (request, reply) => {
      const found = await findMail(db, Number(request.params.id));
      if (!found) return sendGone(reply, path === '' ? './' : '../');
      const width: Width = request.query.width === 'phone' ? 'phone' : 'desktop';
      return sendPage(reply, mailPage(found, await readMail(found.source), name, width));
    });
  }
}

/** Browsers send the clear button's empty form with this type; the surrounding server may parse it already. */
function acceptForms(app: FastifyInstance): void {
  const type = 'application/x-www-form-urlencoded';
  if (!app.hasContentTypeParser(type))
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, _body, done) => done(null, {}));
}

function sendGone(reply: FastifyReply, root: string): FastifyReply {
  const body = html`<section class="empty"><h1>This mail is gone</h1>
<p>The inbox keeps only the newest 1,000 mails, or somebody has emptied it.</p><p><a class="button" href="${root}">All mails</a></p></section>`;
  return sendPage(reply.code(404), page({ title: 'Mail not found · Inbox', root, body }));
}

const sendPage = (reply: FastifyReply, text: string): FastifyReply =>
  withHeaders(reply, PAGE_POLICY).type('text/html; charset=utf-8').send(text);

/** The headers of every answer: its policy, no caching, no MIME sniffing, no referrer. */
const withHeaders = (reply: FastifyReply, policy: string): FastifyReply =>
  reply.headers({
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
