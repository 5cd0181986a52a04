/** `/preferences/:token`: what a reader gets. */
import type { FastifyInstance } from 'fastify';
import { readPreferences } from '../../consent/choosing/preferences.ts';
import { readPreferencesToken } from '../../consent/tokens.ts';
import { html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { newsletterById } from '../public/newsletters.ts';
import { pageContext, sendPlainPage } from '../public/page.ts';

interface OfToken {
  Params: { token: string };
}

export async function preferencesRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<OfToken>('/preferences/:token', async (request, reply) => {
    const ref = readPreferencesToken(parts.keys, request.params.token);
    const newsletter = ref && (await newsletterById(parts.db, ref.newsletter));
    const preferences = newsletter && (await readPreferences(parts.db, ref));
    if (!preferences) return sendPlainPage(parts, request, reply, 404, 'link-away');
    const { say, send } = pageContext(parts, request, newsletter);
    const title = say('page.preferences.title');
    const lines = preferences.newsletters.map(
      ({ name, state }) =>
        html`<li>${name}: ${say(`page.preferences.${state === 'confirmed' ? 'yes' : 'no'}`)}</li>\n`,
    );
    return send(reply, { title, body: html`<h1>${title}</h1>\n<ul>\n${lines}</ul>` });
  });
}
