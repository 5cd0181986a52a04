/** Signs somebody up, after everything that depends on what was typed alone has been answered. */
import type { FastifyRequest } from 'fastify';
import type { Newsletter } from '../../audience/newsletters/newsletter.ts';
import type { Address } from '../../consent/identity.ts';
import { readName } from '../../consent/name.ts';
import type { Budget } from '../../consent/signup/budgets.ts';
import { subscribe } from '../../consent/signup/subscribe.ts';
import { listOf } from '../../render/theme/words.ts';
import type { WebParts } from '../parts.ts';
import { clientIp, originOf } from '../public/origin.ts';
import type { PageContext } from '../public/page.ts';
import { wakeWorkers } from '../public/wake-workers.ts';
import type { SignUp } from './input.ts';

/** A request for confirmation takes longer than a refusal; both are answered after this long. */
const ANSWER_AFTER_MS = 120;

/** `startedAt`: when the request came, by the monotonic clock. */
export async function signUp(
  parts: WebParts,
  request: FastifyRequest,
  page: PageContext,
  input: SignUp & { address: Address },
  source: 'form' | 'api',
  startedAt: number,
): Promise<void> {
  const { newsletters, address, name } = input;
  const result = await parts.db.transaction().execute((trx) =>
    subscribe(trx, parts.keys, {
      newsletterIds: newsletters.map(({ id }) => id),
      address,
      name: readName(name),
      language: page.language,
      wording: source === 'api' ? input.statedWording : wordingOf(page, input),
      origin: originOf(parts, request, source, page.language),
      ip: clientIp(request),
    }),
  );
  if (result.lane !== null) wakeWorkers(parts);
  if (result.outcome === 'capped') logUsedUpBudget(parts, newsletters, result.budget);
  await parts.clock.sleep(Math.max(0, ANSWER_AFTER_MS - (parts.clock.monotonic() - startedAt)));
}

/** As the form showed it. */
const wordingOf = (page: PageContext, { newsletters, offersSeveral }: SignUp): string =>
  offersSeveral ? page.say('page.subscribe.wording.several') : wordingFor(page, newsletters);

/** The sentence beside the button. */
export const wordingFor = ({ say, language }: PageContext, newsletters: readonly Newsletter[]): string =>
  say('page.subscribe.wording', {
    newsletter: listOf(
      newsletters.map(({ name }) => name),
      language,
    ),
  });

/** Budgets that many people share are logged as warnings: they may turn away real readers. */
function logUsedUpBudget({ log }: WebParts, newsletters: readonly Newsletter[], budget: Budget): void {
  const fields = { newsletter: newsletters.map(({ slug }) => slug).join(' '), budget };
  const shared = budget === 'perNewsletter' || budget === 'unknownNetwork' || budget === 'perWideNetwork';
  log[shared ? 'warn' : 'debug'](fields, 'a confirmation mail was not sent: its budget is used up for now');
}
