/**
 * A request of a mail provider, from its bytes to the commit of what its events mean. Verified before it is read; an
 * event that was applied before changes nothing; the provider is answered only when all events are applied, and repeats
 * them otherwise. Events may come in any order, since evidence and reports only move forward.
 */
import { claimEvents, markApplied } from '../../ledger/feedback/provider-events.ts';
import type { FeedbackContext } from '../apply-report.ts';
import { type EventRequest, type KnownSender, NotAuthentic, type Provider } from '../providers/provider.ts';
import { providers } from '../providers/providers.ts';
import { applyEvent } from './apply.ts';
import { type FeedbackKey, noteUse } from './keys.ts';

export interface ReceiveContext extends FeedbackContext {
  secrets: readonly { provider: string; secret: string }[];
  fetchText: KnownSender['fetchText'];
}

/** At the same time; each may wait for a mail that is on the wire. */
const AT_ONCE = 8;

/** Returns how many events were new. Throws NotAuthentic or NotUnderstood. */
export async function receiveEvents(
  context: ReceiveContext,
  key: FeedbackKey,
  request: EventRequest,
): Promise<number> {
  const { db } = context;
  const provider: Provider = providers[key.provider];
  const events = await provider.read(request, senderOf(context, key));
  const unique = [...new Map(events.map((event) => [event.id, event])).values()];
  const claim = unique.map(({ id, content }) => ({ id, content: content ?? null }));
  const { open, forged } = await claimEvents(db, key.id, claim);
  if (forged.size > 0) throw new NotAuthentic('its token came with another event before');
  const waiting = unique.filter(({ id }) => open.has(id));
  for (let at = 0; at < waiting.length; at += AT_ONCE) {
    const group = waiting.slice(at, at + AT_ONCE);
    await Promise.all(group.map((event) => applyEvent(context, key.provider, provider, event)));
    // After each group: what the provider repeats after a failure begins where this ended.
    await markApplied(
      db,
      key.id,
      group.map(({ id }) => id),
    );
  }
  await noteUse(db, key.id);
  return waiting.length;
}

const senderOf = ({ secrets, clock, fetchText }: ReceiveContext, key: FeedbackKey): KnownSender => ({
  pinned: key.pinned,
  secrets: secrets.filter(({ provider }) => provider === key.provider).map(({ secret }) => secret),
  now: clock.now(),
  fetchText,
});
