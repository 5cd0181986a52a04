/** `GET /`: the newsletters a stranger may subscribe to; before the first, how to make one. */
import type { FastifyInstance } from 'fastify';
import { listNewsletters, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import { subscribeUrl } from '../../consent/links.ts';
import { html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { type Visit, visit } from './page.ts';

const FIRST =
  'postrider newsletter create --slug weekly --name "Weekly" --from "Weekly <news@example.org>" --language en';

export async function homeRoute(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get('/', async (request, reply) => {
    const newsletters = await listNewsletters(parts.db);
    const open = newsletters.filter((newsletter) => newsletter.signup === 'open');
    const here = visit(parts, request, null);
    const title = here.say('page.home');
    const content = newsletters.length === 0 ? firstOne(here) : list(here, open);
    return here.send(reply, { title, body: html`<h1>${title}</h1>${content}`, listed: true });
  });
}

const firstOne = ({ say }: Visit) => html`<p>${say('page.home.first')}</p>
<pre>${FIRST}</pre>`;

function list(here: Visit, newsletters: readonly Newsletter[]) {
  const { say, link } = here;
  if (newsletters.length === 0) return html`<p>${say('page.home.closed')}</p>`;
  const items = newsletters.map(
    ({ slug, name }) => html`<li><a href="${link(subscribeUrl('', slug))}">${name}
<span class="muted">${say('page.subscribe.button')}</span></a></li>`,
  );
  return html`<ul class="list">${items}</ul>`;
}
