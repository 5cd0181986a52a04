/**
 * `/subscribe/:newsletter`. Whoever sends the form gets the same answer, in the same time, whether the address is
 * new, known, kept out or over a budget: nobody learns from us who reads what.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import type { Budget } from '../../consent/budgets.ts';
import { type Address, readAddress } from '../../consent/identity.ts';
import { readName } from '../../consent/name.ts';
import { subscribe } from '../../consent/subscribe.ts';
import { Refused } from '../../errors.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from './button-page.ts';
import { newsletterBySlug } from './newsletters.ts';
import { originOf } from './origin.ts';
import { sendPlainPage, type Visit, visit } from './page.ts';
import { sendClosed, sendDone, sendForm, sendOnceMore, TRAP } from './subscribe-pages.ts';

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
    const filled = { email: field(request, 'email'), name: field(request, 'name') };
    if (!address) return sendForm(here, reply, newsletter, filled);
    if (looksLikeRobot(request)) return sendOnceMore(here, reply, newsletter, filled);
    await ask(parts, request, newsletter, here, address);
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

/** People do not see the trap; should something fill it in for one of them, a press of the next page's button will do. */
const looksLikeRobot = (request: FastifyRequest): boolean =>
  field(request, TRAP) !== '' && field(request, PRESSED) !== 'subscribe';

async function ask(
  parts: WebParts,
  request: FastifyRequest,
  newsletter: Newsletter,
  here: Visit,
  address: Address,
): Promise<void> {
  const asked = await parts.db.transaction().execute((trx) =>
    subscribe(trx, parts.keys, {
      newsletterId: newsletter.id,
      address,
      name: readName(field(request, 'name')),
      language: here.language,
      wording: here.say('page.subscribe.wording', { newsletter: newsletter.name }),
      origin: originOf(request, 'form', here.language),
    }),
  );
  if (asked.outcome === 'asked') ringFor(parts, asked.lane);
  if (asked.outcome === 'capped') tellOfBudget(parts, newsletter, asked.budget);
}

/** Budgets that many share are told to the operator at the usual log level: real readers may be turned away by them. */
function tellOfBudget({ log }: WebParts, { slug }: Newsletter, budget: Budget): void {
  const fields = { newsletter: slug, budget };
  const shared = budget === 'perNewsletter' || budget === 'unknownNetwork' || budget === 'perWideNetwork';
  log[shared ? 'warn' : 'debug'](fields, 'a confirmation was not sent: its budget is used up for now');
}

/**
 * Not waited for: the mail is in the ledger, and the sweep wakes workers for what was missed. Both turns, since one of
 * them may be in the hands of a worker that has looked already.
 */
function ringFor(parts: WebParts, lane: string): void {
  const wakeUp = { v: 1, issue: SERVICE, lane, slot: 0 } as const;
  parts
    .wake([
      { ...wakeUp, turn: 'a' },
      { ...wakeUp, turn: 'b' },
    ])
    .catch((error: Error) =>
      parts.log.warn(
        { error: error.name },
        'the workers could not be woken for a confirmation mail; the sweep will do it',
      ),
    );
}
