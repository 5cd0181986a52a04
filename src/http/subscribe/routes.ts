/**
 * `/subscribe/:newsletter`, and `/subscribe` for several that the form names. The answer is always the same and takes as
 * long, whether the address is new, known, suppressed or over a budget: nobody can find out from us who reads what.
 * Forms get pages, JSON gets JSON, by the same rules.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Address } from '../../consent/identity.ts';
import { isDisposable } from '../../consent/signup/disposable.ts';
import { makeChallenge, redeemSolution } from '../../consent/signup/proof.ts';
import type { WebParts } from '../parts.ts';
import { entries } from '../public/archive.ts';
import { newsletterBySlug } from '../public/newsletters.ts';
import { pageContext, sendPlainPage } from '../public/page.ts';
import { allowSites, isJson, parseJson, preflight, sendJson } from './api.ts';
import type { FormFault } from './form-fields.ts';
import { homeRoute } from './home.ts';
import { type Named, readSignUp, type SignUp } from './input.ts';
import { sendClosed, sendDone, sendHumanCheck, sendSubscribeForm, sendSuggestion } from './pages.ts';
import { signUp } from './sign-up.ts';

const LATEST_ISSUES = 3;

export async function subscribeRoutes(app: FastifyInstance, { parts }: { parts: WebParts }): Promise<void> {
  await app.register(homeRoute, { parts });
  parseJson(app);
  app.get<Named>('/subscribe/:newsletter', (request, reply) => showForm(parts, request, reply));
  for (const url of ['/subscribe/:newsletter', '/subscribe']) {
    app.post<Named>(url, (request, reply) => receive(parts, request, reply));
    app.options<Named>(url, (request, reply) => preflight(parts, request, reply));
  }
}

async function showForm(parts: WebParts, request: FastifyRequest<Named>, reply: FastifyReply) {
  const newsletter = await newsletterBySlug(parts.db, request.params.newsletter ?? '');
  if (!newsletter) return sendPlainPage(parts, request, reply, 404, 'not-found');
  const page = pageContext(parts, request, newsletter);
  if (newsletter.signup === 'closed') return sendClosed(page, reply);
  const issues = newsletter.archive === 'public' ? await entries(parts.db, newsletter, LATEST_ISSUES) : [];
  return sendSubscribeForm(parts, page, reply, { newsletters: [newsletter], issues });
}

/** Everything before `signUp` is decided by what was sent, and not by what we know. */
async function receive(parts: WebParts, request: FastifyRequest<Named>, reply: FastifyReply) {
  const startedAt = parts.clock.monotonic();
  const found = await readSignUp(parts, request);
  if (found) allowSites(request, reply, found.newsletters);
  const json = isJson(request);
  if (!found)
    return json
      ? sendJson(reply, 404, { error: 'unknown-newsletter' })
      : request.params.newsletter === undefined
        ? sendPlainPage(parts, request, reply, 400, 'choose')
        : sendPlainPage(parts, request, reply, 404, 'not-found');
  const input = { ...found, newsletters: found.newsletters.filter(({ signup }) => signup === 'open') };
  const page = pageContext(parts, request, input.newsletters[0] ?? found.newsletters[0]!);
  if (input.newsletters.length === 0)
    return json ? sendJson(reply, 403, { error: 'closed' }) : sendClosed(page, reply);
  const fault = faultOf(input);
  if (fault || !input.address)
    return json
      ? sendJson(reply, 400, { error: fault ?? 'wrong' })
      : sendSubscribeForm(parts, page, reply, { ...input, issues: [], fault: fault ?? 'wrong' });
  if (input.suggestion !== null && !json) return sendSuggestion(page, reply, input, input.suggestion);
  const needsProof = input.newsletters.some(({ proof }) => proof === 'on');
  if (input.looksLikeRobot || (needsProof && !(await redeemSolution(parts.db, parts.keys, input.proof)))) {
    const challenge = needsProof ? await makeChallenge(parts.keys, parts.clock.now()) : null;
    return json
      ? sendJson(reply, 403, challenge ? { error: 'proof-needed', challenge } : { error: 'not-by-hand' })
      : sendHumanCheck(page, reply, input, challenge);
  }
  await signUp(parts, request, page, { ...input, address: input.address }, json ? 'api' : 'form', startedAt);
  return json
    ? sendJson(reply, 200, { next: 'confirm-by-mail', suggestion: input.suggestion })
    : sendDone(page, reply);
}

function faultOf({ address, newsletters }: SignUp & { address: Address | null }): FormFault | null {
  if (!address) return 'wrong';
  const refused = newsletters.some(({ disposable }) => disposable === 'refuse');
  return refused && isDisposable(address) ? 'disposable' : null;
}
