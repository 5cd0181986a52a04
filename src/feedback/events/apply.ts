/**
 * What an event changes. A report goes the way of every bounce and complaint; a proof of delivery settles an unknown; a
 * reader who left at the provider has left here too.
 */
import { createHash } from 'node:crypto';
import { unsubscribe } from '../../consent/unsubscribe.ts';
import { acceptByEvent, confirmByEvent } from '../../ledger/feedback/event-evidence.ts';
import { applyReport, type FeedbackContext } from '../apply-report.ts';
import { type FoundDelivery, findDelivery } from '../match.ts';
import type { Provider, ProviderEvent } from '../providers/provider.ts';
import type { ProviderName } from '../providers/providers.ts';

/** The provider proved who it is, or knew its key. */
const AUTHENTICATED = true;

/** Resolves after the commit. Safe to repeat. */
export async function applyEvent(
  context: FeedbackContext,
  name: ProviderName,
  provider: Provider,
  event: ProviderEvent,
): Promise<void> {
  const { kind, report } = event;
  if (kind === 'report') {
    const digest = createHash('sha256').update(`${name} ${event.id}`).digest();
    await applyReport(context, report, { name, authenticated: AUTHENTICATED, digest });
    return;
  }
  const found = await findDelivery(
    context.db,
    context.keys,
    report.clues,
    report.recipients[0]!,
    AUTHENTICATED,
  );
  // An address alone says which of their mails it was only by guess.
  if (!found || found.by === 'recipient') return;
  if (kind === 'unsubscribed') return endSubscription(context, name, found);
  await acceptByEvent(context.db, found);
  if (kind === 'delivered' && provider.answersLater) await confirmByEvent(context.db, found);
}

async function endSubscription(
  { db, clock }: FeedbackContext,
  name: ProviderName,
  found: FoundDelivery,
): Promise<void> {
  const { newsletterId: newsletter, subscriberId: subscriber, issue, id } = found;
  if (subscriber === null) return;
  await unsubscribe(db, clock, {
    newsletter,
    subscriber,
    by: 'reader',
    origin: { source: name, language: null, ipHash: null, page: null, userAgent: null },
    delivery: { issue, delivery: id },
  });
}
