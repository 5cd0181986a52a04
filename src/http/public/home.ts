/** `GET /`: the newsletters that anyone may subscribe to; before the first one, how to create it. */
import type { FastifyInstance } from 'fastify';
import { listNewsletters, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import { subscribeUrl } from '../../consent/links.ts';
import { html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { type PageContext, pageContext } from './page.ts';

const CREATE_COMMAND =
  'postrider newsletter create --slug weekly --name "Weekly" --from "Weekly <news@example.org>" --language en';

export async function homeRoute(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get('/', async (request, reply) => {
    const newsletters = await listNewsletters(parts.db);
    const open = newsletters.filter((newsletter) => newsletter.signup === 'open');
    const page = pageContext(parts, request, null);
    const title = page.say('page.home');
    const content = newsletters.length === 0 ? howToCreate(page) : list(page, open);
    return page.send(reply, { title, body: html`<h1>${title}</h1>${content}`, listed: true });
  });
}

const howToCreate = ({ say }: PageContext) => html`<p>${say('page.home.first')}</p>
<pre>${CREATE_COMMAND}</pre>`;

function list(page: PageContext, newsletters: readonly Newsletter[]) {
  const { say, link } = page;
  if (newsletters.length === 0) return html`<p>${say('page.home.closed')}</p>`;
  const items = newsletters.map(
    ({ slug, name }) => html`<li><a href="${link(subscribeUrl('', slug))}">${name}
<span class="muted">${say('page.subscribe.button')}</span></a></li>`,
  );
  return html`<ul class="list">${items}</ul>`;
}
