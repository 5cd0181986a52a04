/**
 * `/subscribe/:newsletter`. Whoever sends the form gets the same answer, in the same time, whether the address is
 * new, known, kept out or over a cap: nobody learns from us who reads what.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Newsletter } from '../../audience/newsletter.ts';
import { type Address, readAddress } from '../../consent/identity.ts';
import { archiveUrl } from '../../consent/links.ts';
import { readName } from '../../consent/name.ts';
import { subscribe } from '../../consent/subscribe.ts';
import { Refused } from '../../errors.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { field } from '../forms.ts';
import { html } from '../html.ts';
import type { WebParts } from '../parts.ts';
import { newsletterBySlug } from './newsletters.ts';
import { originOf } from './origin.ts';
import { sendPlainPage, type Visit, visit } from './page.ts';

interface Named {
  Params: { newsletter: string };
}

/** Asking back writes more than refusing does; both are answered after this long. */
const ANSWER_MS = 120;

export async function subscribeRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<Named>('/subscribe/:newsletter', async (request, reply) => {
    const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'not-found');
    const here = visit(parts, request, newsletter);
    return newsletter.signup === 'open' ? sendForm(here, reply, newsletter) : sendClosed(here, reply);
  });

  app.post<Named>('/subscribe/:newsletter', async (request, reply) => {
    const asked = parts.clock.monotonic();
    const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'not-found');
    const here = visit(parts, request, newsletter);
    if (newsletter.signup === 'closed') return sendClosed(here, reply);
    const address = addressIn(request);
    if (!address) return sendForm(here, reply, newsletter, request);
    if (!isRobot(request)) await ask(parts, request, newsletter, here, address);
    await parts.clock.sleep(Math.max(0, ANSWER_MS - (parts.clock.monotonic() - asked)));
    return sendDone(here, reply);
  });
}

function addressIn(request: FastifyRequest): Address | null {
  try {
    return readAddress(field(request, 'email'));
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/** People do not see this field. */
const isRobot = (request: FastifyRequest): boolean => field(request, 'website') !== '';

async function ask(
  parts: WebParts,
  request: FastifyRequest,
  newsletter: Newsletter,
  here: Visit,
  address: Address,
): Promise<void> {
  const { lane } = await parts.db.transaction().execute((trx) =>
    subscribe(trx, parts.keys, {
      newsletterId: newsletter.id,
      address,
      name: readName(field(request, 'name')),
      language: here.language,
      wording: here.say('page.subscribe.wording', { newsletter: newsletter.name }),
      origin: originOf(request, 'form', here.language),
    }),
  );
  if (lane !== null) ringFor(parts, lane);
}

/**
 * Not waited for: the mail is in the ledger, and the sweeper rings for what nobody heard. Both turns, since one of
 * them may be heard right now by a worker that has looked already.
 */
function ringFor(parts: WebParts, lane: string): void {
  const bell = { v: 1, issue: SERVICE, lane, slot: 0 } as const;
  parts
    .ring([
      { ...bell, turn: 'a' },
      { ...bell, turn: 'b' },
    ])
    .catch((error: Error) =>
      parts.log.warn({ error: error.name }, 'the bell for a confirmation did not ring'),
    );
}

/** With a `wrong` request: the form again, as it was filled in, saying what to mend. */
function sendForm(here: Visit, reply: FastifyReply, newsletter: Newsletter, wrong?: FastifyRequest) {
  const { say } = here;
  const { name, slug, archive } = newsletter;
  const title = say('page.subscribe.title', { newsletter: name });
  const body = html`<h1>${title}</h1>
${wrong && html`<p class="note error" id="fault" role="alert">${say('page.subscribe.wrong')}</p>`}
<form method="post" action="${here.here}">
<div class="field"><label for="email">${say('page.subscribe.email')}</label>
<input id="email" name="email" type="email" autocomplete="email" inputmode="email" autocapitalize="off" spellcheck="false" required maxlength="254" value="${wrong && field(wrong, 'email').slice(0, 254)}"${wrong && html` aria-invalid="true" aria-describedby="fault"`}></div>
<div class="field"><label for="name">${say('page.subscribe.name')}</label>
<input id="name" name="name" autocomplete="name" maxlength="100" value="${wrong && field(wrong, 'name').slice(0, 100)}"></div>
<div class="trap" aria-hidden="true"><label for="website">${say('page.subscribe.trap')}</label>
<input id="website" name="website" tabindex="-1" autocomplete="off"></div>
<p>${say('page.subscribe.wording', { newsletter: name })}</p>
<button>${say('page.subscribe.button')}</button>
</form>
<p class="muted">${say('page.subscribe.next')}</p>
${archive === 'public' && html`<p><a href="${here.link(archiveUrl('', slug))}">${say('page.archive.link')}</a></p>`}`;
  return here.send(reply, { status: wrong ? 400 : 200, title, body, listed: !wrong });
}

function sendDone(here: Visit, reply: FastifyReply) {
  const { say } = here;
  const title = say('page.subscribe.done.title');
  const body = html`<h1>${title}</h1>
<p>${say('page.subscribe.done.body')}</p>
<p class="muted">${say('page.subscribe.done.none')}</p>`;
  return here.send(reply, { title, body });
}

function sendClosed(here: Visit, reply: FastifyReply) {
  const title = here.say('page.subscribe.closed.title');
  const body = html`<h1>${title}</h1><p>${here.say('page.subscribe.closed.body')}</p>`;
  return here.send(reply, { status: 403, title, body });
}
