/**
 * `/subscribe/:newsletter`. The form always gets the same answer in the same time, whether the address is new, known,
 * suppressed or over a budget: nobody can find out from us who reads what.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import { type Address, readAddress } from '../../consent/identity.ts';
import { readName } from '../../consent/name.ts';
import type { Budget } from '../../consent/signup/budgets.ts';
import { subscribe } from '../../consent/signup/subscribe.ts';
import { Refused } from '../../errors.ts';
import { SERVICE } from '../../ledger/service-mail.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { PRESSED } from './button-page.ts';
import { newsletterBySlug } from './newsletters.ts';
import { clientIp, originOf } from './origin.ts';
import { type PageContext, pageContext, sendPlainPage } from './page.ts';
import { HONEYPOT, sendClosed, sendDone, sendHumanCheck, sendSubscribeForm } from './subscribe-pages.ts';

interface Named {
  Params: { newsletter: string };
}

/** A request for confirmation takes longer than a refusal; both are answered after this long. */
const ANSWER_AFTER_MS = 120;

export async function subscribeRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  app.get<Named>('/subscribe/:newsletter', async (request, reply) => {
    const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'not-found');
    const page = pageContext(parts, request, newsletter);
    return newsletter.signup === 'open'
      ? sendSubscribeForm(page, reply, newsletter)
      : sendClosed(page, reply);
  });

  app.post<Named>('/subscribe/:newsletter', async (request, reply) => {
    const startedAt = parts.clock.monotonic();
    const newsletter = await newsletterBySlug(parts.db, request.params.newsletter);
    if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'not-found');
    const page = pageContext(parts, request, newsletter);
    if (newsletter.signup === 'closed') return sendClosed(page, reply);
    const address = addressIn(request);
    const filled = { email: field(request, 'email'), name: field(request, 'name') };
    if (!address) return sendSubscribeForm(page, reply, newsletter, filled);
    if (looksLikeRobot(request)) return sendHumanCheck(page, reply, newsletter, filled);
    await ask(parts, request, newsletter, page, address);
    await parts.clock.sleep(Math.max(0, ANSWER_AFTER_MS - (parts.clock.monotonic() - startedAt)));
    return sendDone(page, reply);
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

/** People do not see the honeypot. Should a browser fill it in for them, the button of the next page is enough. */
const looksLikeRobot = (request: FastifyRequest): boolean =>
  field(request, HONEYPOT) !== '' && field(request, PRESSED) !== 'subscribe';

async function ask(
  parts: WebParts,
  request: FastifyRequest,
  newsletter: Newsletter,
  page: PageContext,
  address: Address,
): Promise<void> {
  const result = await parts.db.transaction().execute((trx) =>
    subscribe(trx, parts.keys, {
      newsletterIds: [newsletter.id],
      address,
      name: readName(field(request, 'name')),
      language: page.language,
      wording: page.say('page.subscribe.wording', { newsletter: newsletter.name }),
      origin: originOf(parts, request, 'form', page.language),
      ip: clientIp(request),
    }),
  );
  if (result.outcome === 'asked') wakeWorkers(parts, result.lane);
  if (result.outcome === 'capped') logUsedUpBudget(parts, newsletter, result.budget);
}

/** Budgets that many people share are logged as warnings: they may turn away real readers. */
function logUsedUpBudget({ log }: WebParts, { slug }: Newsletter, budget: Budget): void {
  const fields = { newsletter: slug, budget };
  const shared = budget === 'perNewsletter' || budget === 'unknownNetwork' || budget === 'perWideNetwork';
  log[shared ? 'warn' : 'debug'](fields, 'a confirmation mail was not sent: its budget is used up for now');
}

/**
 * Not awaited: the mail is in the ledger, and housekeeping wakes workers for whatever was missed. It sends both turns,
 * since a worker may be handling one of them and have read the ledger already.
 */
function wakeWorkers(parts: WebParts, lane: string): void {
  const wakeUp = { v: 1, issue: SERVICE, lane, slot: 0 } as const;
  parts
    .wake([
      { ...wakeUp, turn: 'a' },
      { ...wakeUp, turn: 'b' },
    ])
    .catch((error: Error) =>
      parts.log.warn(
        { error: error.name },
        'the workers could not be woken for a confirmation mail; housekeeping will wake them',
      ),
    );
}
