/**
 * `GET /`: the newsletters that anyone may subscribe to, several at once too; before the first one, how to create it.
 */
import type { FastifyInstance } from 'fastify';
import { listNewsletters, type Newsletter } from '../../audience/newsletters/newsletter.ts';
import { subscribeUrl } from '../../consent/links.ts';
import { html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { type PageContext, pageContext } from '../public/page.ts';
import { formFields } from './form-fields.ts';
import { NEWSLETTER } from './input.ts';

const CREATE_COMMAND =
  'postrider newsletter create --slug weekly --name "Weekly" --from "Weekly <news@example.org>" --language en';

export async function homeRoute(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get('/', async (request, reply) => {
    const newsletters = await listNewsletters(parts.db);
    const open = newsletters.filter((newsletter) => newsletter.signup === 'open');
    const page = pageContext(parts, request, null);
    const title = page.say('page.home');
    const content =
      newsletters.length === 0
        ? howToCreate(page)
        : html`${list(page, open)}${open.length > 1 && formOfAll(parts, page, open)}`;
    const lost = html`<p class="muted"><a href="${page.link('/data')}">${page.say('page.home.lost')}</a></p>`;
    const body = html`<h1>${title}</h1>${content}\n${newsletters.length > 0 && lost}`;
    return page.send(reply, { title, body, listed: true });
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

/** Nothing is ticked before: only what somebody does themselves is a yes. */
function formOfAll(parts: WebParts, page: PageContext, newsletters: readonly Newsletter[]) {
  const { say, link } = page;
  const boxes = newsletters.map(
    ({ slug, name }) =>
      html`<label class="choice"><input type="checkbox" name="${NEWSLETTER}" value="${slug}"> ${name}</label>\n`,
  );
  return html`<h2>${say('page.subscribe.several')}</h2>
<form method="post" action="${link('/subscribe')}">
<fieldset><legend>${say('page.subscribe.choose')}</legend>
${boxes}</fieldset>
${formFields(parts, page, {})}<p>${say('page.subscribe.wording.several')}</p>
<button>${say('page.subscribe.button')}</button>
</form>`;
}
