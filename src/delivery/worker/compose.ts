/** Composes an edition's messages: compiled once, filled in per delivery. */
import type { Keys } from '../../consent/keys.ts';
import { returnPath } from '../../consent/mail/mail-tokens.ts';
import { deliveryToken } from '../../consent/tokens.ts';
import type { LeasedDelivery } from '../../ledger/lease.ts';
import { messageId } from '../../ledger/message-id.ts';
import type { Clock } from '../../ports.ts';
import type { Edition, Links, Reader } from '../../render/edition/edition.ts';
import { compileMessages, type MessageMemory } from '../../render/message/message.ts';
import type { Composed } from '../relay/queued-message.ts';

/** What a message contains about its delivery and reader. */
export type ComposedFor = Pick<
  LeasedDelivery,
  'issueId' | 'id' | 'newsletterId' | 'subscriberId' | 'linkKey'
> & {
  email: string;
  name: string | null;
  language: string | null;
  attributes: Record<string, string> | null;
};

/**
 * With a `bounceDomain`, the envelope's sender is a return path of the delivery's own; without one, the newsletter's
 * address.
 *
 * Throws Refused('bad-header' | 'template') if the edition is at fault; the returned function throws it for a single
 * reader.
 */
export function openComposer<D extends ComposedFor>(
  parts: { keys: Keys; clock: Clock; bounceDomain?: string | null },
  edition: Edition,
  headers: Readonly<Record<string, string>>,
  links: (delivery: D) => Links,
): (delivery: D, memory?: MessageMemory) => Composed {
  const { keys, clock, bounceDomain = null } = parts;
  const fill = compileMessages(edition, { headers: { ...headers } });
  const domain = edition.from.address.slice(edition.from.address.lastIndexOf('@') + 1);
  const label = edition.hash.slice(0, 8);
  return (d, memory) => {
    const deliveryId = deliveryToken(keys, { issue: d.issueId, delivery: d.id, linkKey: d.linkKey ?? 0 });
    const from = bounceDomain === null ? edition.from.address : returnPath(deliveryId, bounceDomain);
    return {
      envelope: { from, to: d.email },
      bytes: fill(
        {
          to: { name: d.name ?? '', address: d.email },
          reader: readerOf(d),
          links: links(d),
          messageId: messageId(d.issueId, d.id, label, domain),
          deliveryId,
          date: clock.now(),
        },
        memory,
      ),
    };
  };
}

export const readerOf = (d: ComposedFor): Reader => ({
  email: d.email,
  name: d.name,
  language: d.language,
  attributes: d.attributes ?? {},
});
