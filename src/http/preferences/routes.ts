/**
 * `/preferences/:token`: what a reader gets, and how to change it. The link stands in every issue and issues get
 * forwarded, so the page names nobody, and whatever reaches further is asked of the mailbox itself: a subscription by
 * the normal confirmation, a new address by both mailboxes, the person's data by a fresh link.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from '../public/button-page.ts';
import { type PageContext, pageContext, sendPlainPage } from '../public/page.ts';
import { changeAddress, mailDataLink } from './ask-mailbox.ts';
import { type Link, linkOf } from './link.ts';
import { sendPreferences } from './page.ts';
import { savePreferences } from './save.ts';

interface OfToken {
  Params: { token: string };
}

/** A press of one of the page's buttons; returns the words of what was done, `page.preferences.<words>`. */
type Press = (parts: WebParts, request: FastifyRequest, page: PageContext, link: Link) => Promise<string>;

const PRESSES: Readonly<Record<string, Press>> = {
  save: savePreferences,
  address: changeAddress,
  data: mailDataLink,
};

export async function preferencesRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/preferences/:token', async (request, reply) => {
    const link = await linkOf(parts, request.params.token);
    if (!link) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const page = pageContext(parts, request, link.newsletter);
    return sendPreferences(page, reply, parts.emails, link.preferences);
  });

  app.post<OfToken>('/preferences/:token', async (request, reply) => {
    const { token } = request.params;
    const link = await linkOf(parts, token);
    if (!link) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const page = pageContext(parts, request, link.newsletter);
    const pressed = field(request, PRESSED);
    const press = Object.hasOwn(PRESSES, pressed) && PRESSES[pressed];
    if (!press) return sendPreferences(page, reply, parts.emails, link.preferences, { status: 400 });
    const done = await press(parts, request, page, link);
    const { preferences } = (await linkOf(parts, token)) ?? link;
    return sendPreferences(page, reply, parts.emails, preferences, { done });
  });
}
