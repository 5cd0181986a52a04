/** The buttons that act by the ticket in the page's form, and not by the unsubscribe link: the link only leaves. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseFrequency } from '../../consent/choosing/frequency.ts';
import {
  LEAVING_REASONS,
  type LeavingReason,
  saveLeavingReason,
  undoLeaving,
} from '../../consent/choosing/undo.ts';
import { linkedSubscription } from '../../consent/link-state.ts';
import { type LeavingRef, readLeavingToken, type UnsubscribeRef } from '../../consent/tokens.ts';
import { field } from '../forms.ts';
import type { WebParts } from '../parts.ts';
import { sendDonePage } from './button-page.ts';
import { newsletterById } from './newsletters.ts';
import { originOf } from './origin.ts';
import { type PageContext, pageContext, sendPlainPage } from './page.ts';
import { MAX_COMMENT_CHARACTERS, TICKET } from './unsubscribe-pages.ts';

const BUTTONS = ['undo', 'first', 'reason'] as const;
type TicketButton = (typeof BUTTONS)[number];

export const isOfTicket = (pressed: string): pressed is TicketButton =>
  BUTTONS.some((button) => button === pressed);

export async function useTicket(
  parts: WebParts,
  request: FastifyRequest,
  reply: FastifyReply,
  ref: UnsubscribeRef,
  pressed: TicketButton,
): Promise<FastifyReply> {
  const ticket = readLeavingToken(parts.keys, field(request, TICKET), parts.clock.now());
  const newsletter = await newsletterById(parts.db, ref.newsletter);
  const page = pageContext(parts, request, newsletter);
  const done =
    newsletter &&
    ticket &&
    isFor(ticket, ref) &&
    (await act[pressed](parts, request, page, ticket, newsletter.name));
  if (!done) return sendPlainPage(parts, request, reply, 410, 'ticket');
  return sendDonePage(page, reply, `unsubscribe.${pressed}`, newsletter.name);
}

const isFor = (ticket: LeavingRef, ref: UnsubscribeRef): boolean =>
  ticket.newsletter === ref.newsletter && ticket.linkKey === ref.linkKey;

type Act = (
  parts: WebParts,
  request: FastifyRequest,
  page: PageContext,
  ticket: LeavingRef,
  newsletter: string,
) => Promise<boolean>;

const act: Record<TicketButton, Act> = {
  undo: (parts, request, page, ticket, newsletter) =>
    undo(parts, request, page, ticket, page.say('page.unsubscribe.undo', { newsletter })),
  async first(parts, request, page, ticket, newsletter) {
    const wording = page.say('page.unsubscribe.undo.first', { newsletter });
    if (ticket.record > 0) return undo(parts, request, page, ticket, wording);
    if ((await linkedSubscription(parts.db, ticket))?.state !== 'confirmed') return false;
    const choice = { frequency: 'first', pausedUntil: null } as const;
    await parts.db.transaction().execute((trx) => chooseFrequency(trx, ticket, choice));
    return true;
  },
  async reason(parts, request, _page, ticket) {
    const given = field(request, 'reason');
    const comment = field(request, 'comment').slice(0, MAX_COMMENT_CHARACTERS);
    const reason: LeavingReason = LEAVING_REASONS.find((one) => one === given) ?? 'other';
    return parts.db
      .transaction()
      .execute((trx) => saveLeavingReason(trx, ticket, reason, comment === '' ? null : comment));
  },
};

function undo(
  parts: WebParts,
  request: FastifyRequest,
  page: PageContext,
  ticket: LeavingRef,
  wording: string,
): Promise<boolean> {
  const firstOnly = field(request, 'pressed') === 'first';
  const origin = originOf(parts, request, 'page', page.language);
  return parts.db
    .transaction()
    .execute((trx) => undoLeaving(trx, parts.keys, { ...ticket, wording, firstOnly, origin }));
}
